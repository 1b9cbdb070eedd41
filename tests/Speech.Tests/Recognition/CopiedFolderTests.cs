using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Recognition;

/// <summary>Tests on a copy of a reference folder, which they change.</summary>
public abstract class CopiedFolderTests : IDisposable
{
    private protected const string Weights = "model.safetensors";

    private protected readonly TemporaryFolder folder = new();
    private protected readonly ReadOnlyMemory<short> clip = TestAudio.Bursts(2).AsMemory(0, 24_000);

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A copy of a reference model with the reference's vocabulary.</summary>
    private protected void Take(string reference)
    {
        foreach (var file in Directory.EnumerateFiles(SharedFolder.Reference(reference)))
            CopyText(file, Path.GetFileName(file));
        CopyText(SharedFolder.Reference("vocab.json"), "vocab.json");
        CopyText(SharedFolder.Reference("tokenizer/tokenizer_config.json"), "tokenizer_config.json");
        if (reference.StartsWith("wav2vec2-bert", StringComparison.Ordinal))
            CopyText(SharedFolder.Reference("wav2vec2-bert/preprocessor_config.json"), "preprocessor_config.json");
    }

    /// <summary>Without the source's read-only mode.</summary>
    private protected void CopyText(string source, string name) => File.WriteAllBytes(folder.File(name), File.ReadAllBytes(source));

    private protected void Rewrite(Func<Dictionary<string, Tensor>, Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(folder.File(Weights), change(SafetensorsFile.Read(folder.File(Weights))).Select(t => (t.Key, t.Value)));
    }

    private protected Tensor Logits(Recognizer recognizer)
    {
        using var guard = no_grad();
        return recognizer.Model.Logits(recognizer.Features.Batch([clip], CPU));
    }

    private protected void AssertSameAnswers(Recognizer expected, Recognizer found)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.Vocabulary.Tokens, found.Vocabulary.Tokens);
        Assert.True(Logits(expected).equal(Logits(found)).all().item<bool>());
    }

    private protected static JsonObject Json(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();
}
