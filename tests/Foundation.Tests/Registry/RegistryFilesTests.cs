using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

/// <summary>The registry's JSON files: as former releases wrote them, and as no release did.</summary>
public sealed class RegistryFilesTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    ModelRegistry Open() => new(new RegistryOptions { Path = folder.Path }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    [Fact]
    public void Aliases_and_epochs_of_a_former_release_go_on()
    {
        File.WriteAllText(folder.File("transcriber.epoch"), "41");
        Publish(ModelKind.Recognizer, new ManifestDraft());
        File.WriteAllText(folder.File("aliases.json"), """
            {
              "candidate": { "number": 1, "epoch": 41, "who": "transcriber", "when": "2026-11-20T10:00:00+00:00", "why": "the first" },
              "champion": { "number": 1, "epoch": 41, "who": "transcriber", "when": "2026-11-20T10:00:01+00:00", "why": "the first" }
            }
            """);
        var registry = Open();
        Assert.Equal("the first", registry.Aliases()["champion"].Why);
        var epoch = registry.AcquireEpoch("transcriber");
        Assert.Equal(42, epoch.Epoch);
        Assert.Equal(43, registry.AcquireEpoch("transcriber").Epoch);
        Assert.Equal(["candidate", "champion"], registry.Aliases().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_label_index_of_a_former_release_has_no_manifests()
    {
        File.WriteAllText(folder.File("label-index.json"), """{ "windows": "AQIDBAUGBwg=", "vectors": "" }""");
        var index = LabelIndex.Read(Open())!;
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], index.AllWindows);
        Assert.Empty(index.Manifests);
        LabelIndex.Update(Open(), before => before with { Vectors = [9] });
        Assert.Equal([9], LabelIndex.Read(Open())!.AllVectors);
    }

    [Theory]
    [InlineData("{ \"champion\": { \"number\": 1, \"ep")] // torn
    [InlineData("[1, 2]")]
    [InlineData("{ \"champion\": 17 }")]
    [InlineData("{ \"champion\": null }")]
    [InlineData("{ \"champion\": { \"number\": 1 } }")]
    [InlineData("{ \"registry\": { \"epochs\": 3 } }")]
    public void An_aliases_file_that_is_none_is_named_and_left_alone(string content)
    {
        var path = folder.File("aliases.json");
        File.WriteAllText(path, content);
        var registry = Open();
        var refused = Assert.Throws<InvalidDataException>(() => registry.Aliases());
        Assert.Contains($"aliases.json of the registry {folder.Path}", refused.Message);
        Assert.Throws<InvalidDataException>(() => registry.AcquireEpoch("learner"));
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void Scores_keep_their_names_in_the_manifest()
    {
        var scores = new RecognizerScores { CharacterErrorRate = 0.25, WordErrorRate = 0.5, HeldOutRecordings = 6 };
        Publish(ModelKind.Recognizer, new ManifestDraft { Scores = scores });
        Publish(ModelKind.Encoder, new ManifestDraft { Scores = new EncoderScores { ContrastiveLoss = 1.5, CodePerplexity = 64 } });
        var (recognizer, encoder) = (ReadManifest("recognizers"), ReadManifest("encoders"));
        Assert.Contains("\"cer\": 0.25", recognizer);
        Assert.Contains("\"held_out_recordings\": 6", recognizer);
        Assert.DoesNotContain("champion_cer", recognizer);
        Assert.Contains("\"contrastive_loss\": 1.5", encoder);
        Assert.Contains("\"code_perplexity\": 64", encoder);
        Assert.Equal(0.5, Open().Find(ModelKind.Recognizer, 1)!.RecognizerScores!.WordErrorRate);
        Assert.Equal(64, ((EncoderScores)Open().Find(ModelKind.Encoder, 1)!.Scores!).CodePerplexity);
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("{ \"cer\": 0.1, \"wer\": 0.3, \"champion_wer\": 0.4, \"a_score_of_yesterday\": 7 }", 0.3)]
    public void A_manifest_of_a_former_release_is_read(string scores, double? wordErrorRate)
    {
        Publish(ModelKind.Recognizer, new ManifestDraft());
        File.WriteAllText(Path.Combine(folder.Path, "recognizers", "000001", "manifest.json"), $$"""
            { "number": 1, "kind": "Recognizer", "files": {}, "created": "2026-11-20T10:00:00+00:00", "software_version": "0.1.0",
              "epoch": 3, "parent": null, "encoder_number": 7, "audio_seconds_trained": 60, "steps": 3, "watermark": [],
              "scores": {{scores}}, "health": "promoted" }
            """);
        var manifest = Open().Find(ModelKind.Recognizer, 1)!;
        Assert.Equal((7, true, wordErrorRate), (manifest.EncoderNumber, manifest.MayServe, manifest.RecognizerScores?.WordErrorRate));
        Assert.Equal(wordErrorRate is null ? null : 0.4, manifest.RecognizerScores?.ChampionWordErrorRate);
    }

    [Fact]
    public void Questions_find_what_a_listing_would()
    {
        var registry = Open();
        Assert.Null(registry.Newest(ModelKind.Encoder));
        foreach (var parent in (int?[])[null, 1, null, 3, 2])
            Publish(ModelKind.Encoder, new ManifestDraft { Parent = parent, Steps = parent ?? 0 });
        Assert.Equal(5, registry.Newest(ModelKind.Encoder)!.Number);
        Assert.Equal(4, registry.Newest(ModelKind.Encoder, m => m.Steps == 3)!.Number);
        Assert.Null(registry.Newest(ModelKind.Encoder, m => m.Steps == 9));
        Assert.Null(registry.Find(ModelKind.Encoder, 6));
        var newest = registry.Find(ModelKind.Encoder, 5)!;
        Assert.Equal([true, true, false, false, true, false], Enumerable.Range(1, 6).Select(n => registry.DescendsFrom(newest, n)));
        Directory.Delete(Path.Combine(folder.Path, "encoders", "000002"), recursive: true);
        Assert.False(registry.DescendsFrom(newest, 1));
    }

    string ReadManifest(string kind) => File.ReadAllText(Path.Combine(folder.Path, kind, "000001", "manifest.json"));

    void Publish(ModelKind kind, ManifestDraft draft)
    {
        var registry = Open();
        registry.Publish(kind, draft, registry.AcquireEpoch("test"), _ => { });
    }
}
