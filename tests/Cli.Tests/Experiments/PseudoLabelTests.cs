using Ssl.Cli.Experiments;
using Ssl.Shared.Labels;
using Ssl.Shared.Recognition;

namespace Ssl.Cli.Tests.Experiments;

public sealed class PseudoLabelTests
{
    [Fact]
    public void The_surest_recordings_keep_what_was_heard_in_them()
    {
        var recordings = Enumerable.Range(1, 10).Select(i => Recording($"r{i}", i)).ToArray();
        var kept = PseudoLabels.Of(Heard, recordings, keptShare: 0.5, TestContext.Current.CancellationToken);
        Assert.Equal(["r2", "r3", "r4", "r5", "r10"], kept.Select(u => u.Id)); // r1 is silent; of the nine others the longer is the less sure, but for r10
        Assert.Equal("heard 3", kept[1].Text);
    }

    [Fact]
    public void True_labels_come_again_until_they_are_their_share()
    {
        var mixed = PseudoLabels.Mixed([Recording("true", 1)], [.. Enumerable.Range(0, 7).Select(i => Recording($"p{i}", 1))], trueShare: 0.3);
        Assert.Equal(10, mixed.Count);
        Assert.Equal(3, mixed.Count(u => u.Id == "true"));
        Assert.Single(PseudoLabels.Mixed([Recording("true", 1)], [], trueShare: 0.3));
    }

    static LabelledUtterance Recording(string id, int seconds) => new(id, "", new short[seconds * 16_000]);

    static IReadOnlyList<Transcription> Heard(IReadOnlyList<ReadOnlyMemory<short>> clips) =>
        [.. clips.Select(c => c.Length / 16_000).Select(s => new Transcription(s == 1 ? "" : $"heard {s}", [], s is 1 or 10 ? 1 : 1.0 / s))];
}
