using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber.Tests.Tuning.PseudoLabelling;

public sealed class PseudoLabelTests
{
    static readonly LabelledSet Labels =
        new([new LabelledUtterance("labelled", "heard 0123456789", ToneSpeech.Speak("abc", new Random(1)))], [], [], null);

    [Fact]
    public void Recordings_of_the_highest_confidence_keep_their_transcripts()
    {
        var kept = Of([.. Enumerable.Range(1, 10).Select(i => Recording($"r{i}", i))], keptShare: 0.5);
        // r1 is silent; of the others the longer is the less sure, but for r10
        Assert.Equal(["r10", "r2", "r3", "r4", "r5"], kept.Kept.Select(u => u.Id));
        Assert.Equal("heard 3", kept.Kept[2].Text);
        Assert.Equal(["heard", "3"], kept.Kept[2].Words!.Select(w => w.Word));
        Assert.Equal((10, 0.2), (kept.Recordings, kept.MinConfidence));
    }

    [Fact]
    public void The_rest_is_not_transcribed_when_time_is_up()
    {
        var left = 3;
        // two in a batch
        Assert.Equal(6, Of([.. Enumerable.Range(0, 20).Select(i => Recording($"r{i}", 15))], keptShare: 1, () => left-- > 0).Kept.Count);
    }

    [Fact]
    public void Labelled_audio_under_another_name_and_letters_without_labels_are_dropped()
    {
        var kept = Of([Labels.Train[0] with { Id = "again" }, Recording("r2", 2), Recording("r3", 3)], keptShare: 1,
            letters: Labels with { Train = [Labels.Train[0] with { Text = "heard 3" }] });
        Assert.Equal(["r3"], kept.Kept.Select(u => u.Id));
        Assert.Equal(2, kept.Recordings);
    }

    static PseudoLabels Of(IReadOnlyList<Utterance> recordings, double keptShare, Func<bool>? goOn = null, LabelledSet? letters = null) =>
        PseudoLabels.Of(Heard, recordings, letters ?? Labels, keptShare, goOn ?? (() => true), TestContext.Current.CancellationToken);

    static Utterance Recording(string id, int seconds) => new(id, new short[seconds * 16_000]);

    static IReadOnlyList<Transcription> Heard(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading)
    {
        Assert.Equal(TextReading.Letters, reading);
        return [.. clips.Select(c => c.Length / 16_000).Select(s => new Transcription(
            s == 1 ? "" : $"heard {s}", [new TranscribedWord("heard", 0, 0.5), new TranscribedWord($"{s}", 0.5, 1)],
            s is 1 or 10 ? 1 : 1.0 / s))];
    }
}
