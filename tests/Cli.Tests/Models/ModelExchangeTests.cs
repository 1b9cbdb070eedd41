using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Models;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.TestKit;
using TorchSharp;

namespace Ssl.Cli.Tests.Models;

/// <summary>Into a registry and out of it again.</summary>
public sealed class ModelExchangeTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ModelRegistry registry;

    public ModelExchangeTests() => registry = new ModelRegistry(new RegistryOptions { Path = folder.File("registry") }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_imported_recognizer_serves_where_none_does_and_later_ones_only_when_asked()
    {
        var model = Recognizer("first", seed: 1);
        Assert.Equal((1, 1, true), new ModelImport(registry).Run(model, promote: false));
        Assert.Equal((2, 2, false), new ModelImport(registry).Run(Recognizer("second", seed: 2), promote: false));
        Assert.Equal((1, 2), (registry.Aliases()["champion"].Number, registry.Aliases()["candidate"].Number));
        Assert.Equal((3, 3, true), new ModelImport(registry).Run(model, promote: true));
        Assert.Equal((3, 1), (registry.Aliases()["champion"].Number, registry.Aliases()["previous"].Number));
        Assert.Equal(3, registry.List(ModelKind.Recognizer)[^1].EncoderNumber);
    }

    [Fact]
    public void What_was_exported_is_the_model_that_was_imported()
    {
        new ModelImport(registry).Run(Recognizer("model", seed: 3), promote: false);
        var manifest = new ModelExport(registry).Run("ssl", folder.File("out"));
        Assert.Equal(["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer_config.json", "vocab.json"], Directory.EnumerateFiles(folder.File("out")).Select(f => Path.GetFileName(f)!).Order());
        Assert.Equal(1, manifest.Number);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder.Path, "model", "model.safetensors")), File.ReadAllBytes(Path.Combine(folder.Path, "out", "model.safetensors")));
        new ModelExport(registry).Run("encoder@1", folder.File("encoder"));
        using var encoder = ModelFolder.LoadEncoder(folder.File("encoder"));
        Assert.Equal(144, encoder.HiddenSize);
    }

    [Fact]
    public void An_encoder_alone_becomes_an_encoder_version()
    {
        Directory.CreateDirectory(folder.File("encoder"));
        using (var encoder = SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1))
            ModelFolder.SaveEncoder(folder.File("encoder"), encoder);
        Assert.Equal((1, null, false), new ModelImport(registry).Run(folder.File("encoder"), promote: false));
        Assert.Empty(registry.Aliases());
    }

    [Fact]
    public void A_pretraining_model_keeps_its_quantiser()
    {
        var theirs = Path.GetDirectoryName(SharedFolder.Reference("layer-prenorm/pretraining/model.safetensors"))!;
        var number = new ModelImport(registry).Run(theirs, promote: false).Encoder;
        using var scope = torch.NewDisposeScope();
        var (kept, given) = (SafetensorsFile.Read(Path.Combine(registry.Open(ModelKind.Encoder, number, out _)!.Path, "pretraining.safetensors")), SafetensorsFile.Read(Path.Combine(theirs, "model.safetensors")));
        Assert.Equal(7, kept.Count);
        Assert.All(kept, t => Assert.True(t.Value.equal(given[t.Key]).all().item<bool>(), t.Key));
    }

    [Theory]
    [InlineData("ssl@9", "ssl@9: ")]
    [InlineData("ssl", "no recognizer is champion yet")]
    [InlineData("17", "names no version")]
    [InlineData("encoder@../1", "names no version")]
    public void What_is_not_there_is_named(string version, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => new ModelExport(registry).Run(version, folder.File("out"))).Message);

    [Fact]
    public void Nothing_is_overwritten_and_nothing_half_taken_in()
    {
        Assert.Throws<IOException>(() => new ModelExport(registry).Run("ssl", folder.Path));
        var damaged = Recognizer("damaged", seed: 1);
        var weights = Path.Combine(damaged, "model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^5]);
        Assert.Contains("truncated", Assert.Throws<InvalidModelException>(() => new ModelImport(registry).Run(damaged, promote: true)).Message);
        Assert.Throws<InvalidModelException>(() => new ModelImport(registry).Run(folder.File("nowhere"), promote: true));
        Assert.Empty(registry.List(ModelKind.Encoder));
    }

    string Recognizer(string name, int seed)
    {
        var path = folder.File(name);
        Directory.CreateDirectory(path);
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed), vocabulary.Size, seed), vocabulary);
        ModelFolder.SaveRecognizer(path, recognizer);
        return path;
    }
}
