using Ssl.Shared.Model;
using Ssl.Shared.Recognition;
using Ssl.Transcriber.Gate;

namespace Ssl.Transcriber.Tests.Gate;

public sealed class HeldOutLossTests
{
    [Fact]
    public void Is_the_mean_over_all_letters_whatever_shares_a_batch()
    {
        var ct = TestContext.Current.CancellationToken;
        var utterances = Tones.Utterances(6, seed: 3);
        var vocabulary = Vocabulary.FromTexts(utterances.Select(u => u.Text));
        using var model = new CtcModel(SpeechEncoder.Create(Tones.SmallEncoder, seed: 1), vocabulary.Size, seed: 1);
        model.eval();
        var letters = utterances.Select(u => vocabulary.Encode(u.Text).Length).ToArray();
        var expected = utterances.Zip(letters, (u, count) => count * HeldOutLoss.Of(model, vocabulary, [u], ct)).Sum() / letters.Sum();
        Assert.Equal(expected, HeldOutLoss.Of(model, vocabulary, utterances, ct), 1e-3);
        Assert.InRange(expected, Math.Log(2), 20); // knows nothing yet
    }
}
