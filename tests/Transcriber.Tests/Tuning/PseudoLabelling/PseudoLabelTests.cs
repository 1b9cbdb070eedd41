using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber.Tests.Tuning.PseudoLabelling;

public sealed class PseudoLabelTests
{
    [Fact]
    public void The_surest_recordings_keep_what_was_heard_in_them()
    {
        var recordings = Enumerable.Range(1, 10).Select(i => Recording($"r{i}", i)).ToArray();
        var kept = PseudoLabels.Of(Heard, recordings, keptShare: 0.5, () => true, TestContext.Current.CancellationToken);
        Assert.Equal(["r10", "r2", "r3", "r4", "r5"], kept.Kept.Select(u => u.Id)); // r1 is silent; of the nine others the longer is the less sure, but for r10
        Assert.Equal("heard 3", kept.Kept[2].Text);
        Assert.Equal(["heard", "3"], kept.Kept[2].Words!.Select(w => w.Word));
        Assert.Equal(0.2, kept.LeastConfidence);
    }

    [Fact]
    public void What_time_does_not_allow_is_not_listened_to()
    {
        var recordings = Enumerable.Range(0, 20).Select(i => Recording($"r{i}", 15)).ToArray(); // two in a batch
        var left = 3;
        var kept = PseudoLabels.Of(Heard, recordings, keptShare: 1, () => left-- > 0, TestContext.Current.CancellationToken);
        Assert.Equal(6, kept.Kept.Count);
    }

    static Utterance Recording(string id, int seconds) => new(id, new short[seconds * 16_000]);

    static IReadOnlyList<Transcription> Heard(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading) =>
        [.. clips.Where(_ => reading == TextReading.Letters).Select(c => c.Length / 16_000).Select(s => new Transcription(s == 1 ? "" : $"heard {s}", [new TranscribedWord("heard", 0, 0.5), new TranscribedWord($"{s}", 0.5, 1)], s is 1 or 10 ? 1 : 1.0 / s))];
}
