using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
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

    public ModelExchangeTests() => registry = new ModelRegistry(new RegistryOptions { Path = folder.File("registry") }, TimeProvider.System,
        NullLogger<ModelRegistry>.Instance);

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
        Assert.Equal(["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer_config.json", "vocab.json"],
            Directory.EnumerateFiles(folder.File("out")).Select(f => Path.GetFileName(f)!).Order());
        Assert.Equal(1, manifest.Number);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder.Path, "model", "model.safetensors")),
            File.ReadAllBytes(Path.Combine(folder.Path, "out", "model.safetensors")));
        new ModelExport(registry).Run("encoder@1", folder.File("encoder"));
        using var encoder = ModelFolder.LoadEncoder(folder.File("encoder"));
        Assert.Equal(144, encoder.HiddenSize);
    }

    [Fact]
    public void An_imported_recognizer_and_its_encoder_hold_their_weights_once()
    {
        var model = Recognizer("model", seed: 3);
        new ModelImport(registry).Run(model, promote: false);
        static long Bytes(string folder) =>
            new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.InRange(Bytes(folder.File("registry")), Bytes(model), 1.1 * Bytes(model));
        var version = registry.Open(ModelKind.Encoder, 1, out var reason);
        Assert.True(version is not null, reason);
        using var encoder = ModelFolder.LoadEncoder(version.Path);
        using var whole = ModelFolder.LoadRecognizer(model);
        using var scope = torch.NewDisposeScope();
        var expected = whole.Model.Encoder.state_dict();
        Assert.All(encoder.state_dict(), t => Assert.True(t.Value.equal(expected[t.Key]).all().item<bool>(), t.Key));
    }

    [Fact]
    public void Weights_of_half_the_bytes_stay_so()
    {
        var model = Recognizer("model", seed: 4);
        var weights = Path.Combine(model, "model.safetensors");
        using (torch.NewDisposeScope())
            SafetensorsFile.Write(weights, [.. SafetensorsFile.Read(weights).Select(t => (t.Key, t.Value.to(torch.ScalarType.BFloat16)))]);
        new ModelImport(registry).Run(model, promote: false);
        new ModelExport(registry).Run("ssl", folder.File("out"));
        Assert.Equal(new FileInfo(weights).Length, new FileInfo(folder.File("out/model.safetensors")).Length);
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
    public void A_pretraining_model_goes_out_as_it_came_in()
    {
        var theirs = Path.GetDirectoryName(SharedFolder.Reference("layer-prenorm/pretraining/model.safetensors"))!;
        var number = new ModelImport(registry).Run(theirs, promote: false).Encoder;
        var files = new ModelExport(registry).Run($"encoder@{number}", folder.File("out")).Files;
        Assert.Equal(["config.json", "model.safetensors", "preprocessor_config.json"], files.Keys.Order());
        AssertSameWeights(theirs, folder.File("out"));
        var config = JsonNode.Parse(File.ReadAllText(folder.File("out/config.json")))!;
        Assert.Equal("Wav2Vec2ForPreTraining", (string?)config["architectures"]![0]);
        Assert.Equal((20, 2), ((int)config["num_codevectors_per_group"]!, (int)config["num_codevector_groups"]!));
    }

    [Theory]
    [InlineData("bert-adapter-ffn", "Wav2Vec2BertForCTC", "add_adapter", "true")]
    [InlineData("wav2vec2-adapter", "Wav2Vec2ForCTC", "add_adapter", "true")]
    [InlineData("hubert-large", "HubertForCTC", "model_type", "\"hubert\"")]
    [InlineData("added-tokens-decoder", "Wav2Vec2ForCTC", "vocab_size", "32")]
    public void An_imported_recognizer_goes_out_with_all_that_it_had(string name, string architecture, string key, string value)
    {
        var theirs = SharedFolder.Reference($"hf-folders/{name}");
        new ModelImport(registry).Run(theirs, promote: false);
        new ModelExport(registry).Run("ssl", folder.File("out"));
        AssertSameWeights(theirs, folder.File("out"), except: "lm_head."); // its labels are reordered: the blank is the first
        var config = JsonNode.Parse(File.ReadAllText(folder.File("out/config.json")))!;
        Assert.Equal((architecture, value), ((string?)config["architectures"]![0], config[key]!.ToJsonString()));
        Assert.Equal(32, JsonNode.Parse(File.ReadAllText(folder.File("out/vocab.json")))!.AsObject().Count);
    }

    [Fact]
    public void One_language_of_several_is_taken_in()
    {
        var folders = SharedFolder.Reference("hf-folders/mms");
        new ModelImport(registry).Run(folders, promote: false, language: "deu");
        new ModelExport(registry).Run("ssl", folder.File("out"));
        using var scope = torch.NewDisposeScope();
        var (found, adapter) = (SafetensorsFile.Read(folder.File("out/model.safetensors")),
            SafetensorsFile.Read(Path.Combine(folders, "adapter.deu.safetensors")));
        Assert.All(adapter, t => Assert.True(t.Value.equal(found[t.Key]).all().item<bool>(), t.Key));
        Assert.Equal(28, (int?)JsonNode.Parse(File.ReadAllText(folder.File("out/vocab.json")))!["ü"]);
    }

    [Fact]
    public void A_language_model_lies_in_its_subfolder_outside_and_decodes_the_same_after_its_way()
    {
        var theirs = SharedFolder.Reference("hf-folders/with-lm");
        new ModelImport(registry).Run(theirs, promote: false);
        new ModelExport(registry).Run("ssl", folder.File("out"));
        Assert.Equal(["attrs.json", "lm.arpa", "unigrams.txt"],
            Directory.EnumerateFiles(folder.File("out/language_model")).Select(f => Path.GetFileName(f)!).Order());
        Assert.Equal(JsonNode.Parse(File.ReadAllText(Path.Combine(theirs, "alphabet.json")))!.ToJsonString(),
            JsonNode.Parse(File.ReadAllText(folder.File("out/alphabet.json")))!.ToJsonString());
        using var recognizer = ModelFolder.LoadRecognizer(folder.File("out"));
        var imported = recognizer.ImportedLanguageModel!;
        Assert.Equal((0.5, 1.5, -10.0, true, 113), (imported.Alpha, imported.Beta, imported.UnknownScore, imported.ScoresBoundaries,
            imported.Words.Count));
        var recording = File.ReadAllBytes(SharedFolder.Reference("hf-folders/audio/03.wav"));
        Assert.Equal("the conference will begin when or or is leader arrives",
            recognizer.Transcribe([MemoryMarshal.Cast<byte, short>(recording.AsSpan(44)).ToArray()])[0].Text);
    }

    static void AssertSameWeights(string theirs, string ours, string except = "-")
    {
        using var scope = torch.NewDisposeScope();
        var (given, found) = (SafetensorsFile.Read(Path.Combine(theirs, "model.safetensors")),
            SafetensorsFile.Read(Path.Combine(ours, "model.safetensors")));
        Assert.Equal(given.Keys.Order(), found.Keys.Order());
        Assert.All(given.Where(t => !t.Key.StartsWith(except, StringComparison.Ordinal)), t =>
            Assert.True(t.Value.equal(found[t.Key]).all().item<bool>(), t.Key));
    }

    [Theory]
    [InlineData("ssl@9", "ssl@9: ")]
    [InlineData("ssl", "no recognizer is champion yet")]
    [InlineData("17", "names no version")]
    [InlineData("encoder@../1", "names no version")]
    public void What_is_not_there_is_named(string version, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => new ModelExport(registry).Run(version, folder.File("out")))
            .Message);

    [Fact]
    public void Nothing_is_overwritten_and_nothing_half_taken_in()
    {
        Assert.Throws<IOException>(() => new ModelExport(registry).Run("ssl", folder.Path));
        var damaged = Recognizer("damaged", seed: 1);
        var weights = Path.Combine(damaged, "model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^5]);
        Assert.Contains("truncated", Assert.Throws<InvalidModelException>(() => new ModelImport(registry).Run(damaged, promote: true))
            .Message);
        Assert.Throws<InvalidModelException>(() => new ModelImport(registry).Run(folder.File("nowhere"), promote: true));
        Assert.Empty(registry.List(ModelKind.Encoder));
    }

    string Recognizer(string name, int seed)
    {
        var path = folder.File(name);
        Directory.CreateDirectory(path);
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using var recognizer =
            new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed), vocabulary.Size, seed), vocabulary);
        ModelFolder.SaveRecognizer(path, recognizer);
        return path;
    }
}
