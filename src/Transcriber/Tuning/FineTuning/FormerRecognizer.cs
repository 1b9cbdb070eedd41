using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// A recognizer that the next one starts from (warm start), with the encoder it was fine-tuned from: the difference of their weights is what fine-tuning taught.
/// Starting anew spends most of a short budget on learning that again (docs/lab). Owns both.
/// </summary>
sealed record FormerRecognizer(Recognizer Recognizer, SpeechEncoder Encoder) : IDisposable
{
    /// <summary>Whether a new encoder can start from it: encoders of one shape, and the same letters in any order.</summary>
    public bool Fits(SpeechEncoder pretrained, Vocabulary letters) =>
        Recognizer.Vocabulary.Tokens.ToHashSet().SetEquals(letters.Tokens)
        && Shapes(Recognizer.Model.Encoder).SetEquals(Shapes(pretrained)) && Shapes(Encoder).SetEquals(Shapes(pretrained));

    static HashSet<string> Shapes(SpeechEncoder encoder) => [.. encoder.state_dict().Select(t => $"{t.Key} {string.Join(',', t.Value.shape)}")];

    public void Dispose()
    {
        Recognizer.Dispose();
        Encoder.Dispose();
    }
}
