using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.FineTuning;
using TorchSharp;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class LabelPriorTests
{
    static readonly string[] Texts = ["aab", "a b"];
    static readonly Vocabulary Letters = Vocabulary.FromTexts(Texts);

    [Fact]
    public void Letters_are_as_frequent_as_in_the_texts_and_other_frames_are_blank()
    {
        var prior = LabelPrior.Of(Texts, Letters, frames: 106);
        var (a, b) = (prior[Letters.Encode("a")[0]], prior[Letters.Encode("b")[0]]);
        Assert.Equal(1, prior.Sum(), 1e-9);
        Assert.Equal(3.5 / 2.5, a / b, 1e-9);
        Assert.Equal(0.3 * 100 / 3.5, prior[0] / a, 1e-9);
        Assert.All(prior, share => Assert.True(share > 0));
    }

    [Fact]
    public void Recordings_with_more_letters_than_frames_leave_some_blank() =>
        Assert.True(LabelPrior.Of(Texts, Letters, frames: 3)[0] > 0);

    [Fact]
    public void A_head_begins_with_it_whatever_it_hears()
    {
        var prior = LabelPrior.Of(Texts, Letters, frames: 106);
        using var model = new CtcModel(SpeechEncoder.Create(Tones.SmallEncoder, seed: 1), Letters.Size, seed: 1);
        model.ExpectLabels(prior);
        using var silence = torch.zeros(1, 1, model.Encoder.HiddenSize);
        model.eval();
        var expected = model.Logits(silence).softmax(-1).data<float>().ToArray();
        Assert.All(expected.Zip(prior), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }
}
