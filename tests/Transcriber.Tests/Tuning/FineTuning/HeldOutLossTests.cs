using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class HeldOutLossTests
{
    static readonly LabelledUtterance[] Utterances =
    [
        new("a", "one two", TestAudio.Bursts(1, seed: 1)),
        new("b", "three", TestAudio.Bursts(2, seed: 2)),
        new("c", "four five six", TestAudio.Bursts(3, seed: 3)),
    ];

    [Fact]
    public void Is_the_mean_over_all_letters_whatever_shares_a_batch()
    {
        var ct = TestContext.Current.CancellationToken;
        var vocabulary = Vocabulary.FromTexts(Utterances.Select(u => u.Text));
        var encoder = SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny with { NumHiddenLayers = 1 }, seed: 1);
        using var model = new CtcModel(encoder, vocabulary.Size, seed: 1);
        model.eval();
        var expected = Utterances.Sum(u => u.Text.Length * HeldOutLoss.Of(model, vocabulary, [u], ct)) / Utterances.Sum(u => u.Text.Length);
        Assert.Equal(expected, HeldOutLoss.Of(model, vocabulary, Utterances, ct), 1e-3);
        Assert.InRange(expected, Math.Log(2), 50); // knows nothing yet, and has frames to be wrong in
    }
}
