using Ssl.Shared.Speech.Labels;
using Ssl.TestKit;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

public sealed class LabelledManifestTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public LabelledManifestTests() => File.WriteAllBytes(folder.File("a.wav"), [0]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_line_that_cannot_be_used_is_named_and_the_rest_is_used()
    {
        var labels = Read(
            """{"audio_filepath": "a.wav", "text": "One two", "duration": 1.5, "speaker": 17, "split": "train", "extra": [1]}""",
            """{"audio_filepath": "missing.wav", "text": "three"}""",
            "",
            "not json",
            """{"audio_filepath": "a.wav", "text": "  "}""",
            """{"text": "no audio"}""",
            """["a.wav"]""",
            """{"audio_filepath": "a.wav", "text": 4}""");
        var usable = labels.Entries.Select(e => e with { AudioPath = "" }).ToArray();
        Assert.Equal([new LabelledRecording(1, "a.wav", "", "One two", "17", "train", 1.5), new LabelledRecording(8, "a.wav", "", "4", null, null, null)], usable);
        Assert.Equal([2, 4, 5, 6, 7], labels.Problems.Select(p => p.Line));
        Assert.Contains("manifest.jsonl:2: missing.wav: no such file", labels.Problems[0].ToString(), StringComparison.Ordinal);
        Assert.Contains(":5: a.wav: the text is empty", labels.Problems[2].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_without_a_usable_line_says_so_first()
    {
        var labels = Read("x", """{"audio_filepath": "b.wav", "text": "b"}""");
        Assert.Empty(labels.Entries);
        Assert.EndsWith("manifest.jsonl: not one of its 2 lines can be used", labels.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_manifest_is_a_problem_not_an_exception() =>
        Assert.EndsWith("nowhere.jsonl: is not there", Assert.Single(LabelledManifest.Read(folder.File("nowhere.jsonl")).Problems).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Named_splits_are_taken_as_named()
    {
        var split = Divide([Recording("a", split: "train"), Recording("b", split: "dev"), Recording("c", split: "test")]);
        Assert.Equal(["a"], split.Train.Select(e => e.Id));
        Assert.Equal(["c"], split.HeldOut.Select(e => e.Id));
        Assert.Null(split.Problem);
    }

    [Fact]
    public void Without_splits_a_share_is_held_out_the_same_every_time()
    {
        LabelledRecording[] entries = [.. Enumerable.Range(0, 1000).Select(i => Recording($"audio/{i}.wav"))];
        var split = Divide(entries);
        Assert.InRange(split.HeldOut.Count, 150, 250);
        Assert.Equal(1000, split.Train.Count + split.HeldOut.Count);
        Assert.Empty(split.Train.Intersect(split.HeldOut));
        Assert.Equal(split.HeldOut.Order(Comparer<LabelledRecording>.Create((a, b) => string.CompareOrdinal(a.Id, b.Id))),
            Divide([.. entries.Reverse()]).HeldOut.Order(Comparer<LabelledRecording>.Create((a, b) => string.CompareOrdinal(a.Id, b.Id))));
    }

    [Fact]
    public void Speakers_are_held_out_whole()
    {
        LabelledRecording[] entries = [.. Enumerable.Range(0, 1000).Select(i => Recording($"{i}", speaker: $"s{i % 40}"))];
        var split = LabelledSplit.Divide(entries, "train", "test", 0.2, HoldOutBy.Speaker);
        Assert.NotEmpty(split.HeldOut);
        Assert.Empty(split.Train.Select(e => e.Speaker).Intersect(split.HeldOut.Select(e => e.Speaker)));
    }

    [Fact]
    public void A_split_that_nobody_is_in_is_said() =>
        Assert.Contains("none of 1 is in split 'train' (there are: dev)", Divide([Recording("a", split: "dev")]).Problem, StringComparison.Ordinal);

    LabelledManifest Read(params string[] lines)
    {
        File.WriteAllLines(folder.File("manifest.jsonl"), lines);
        return LabelledManifest.Read(folder.File("manifest.jsonl"));
    }

    static LabelledSplit Divide(IReadOnlyList<LabelledRecording> entries) => LabelledSplit.Divide(entries, "train", "test", 0.2, HoldOutBy.Recording);

    static LabelledRecording Recording(string id, string? split = null, string? speaker = null) => new(1, id, id, "text", speaker, split, null);
}
