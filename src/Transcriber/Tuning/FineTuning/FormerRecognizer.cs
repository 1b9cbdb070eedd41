using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Starting point of a warm start: a recognizer and the encoder it was fine-tuned from. The difference of their weights (task vector) is
/// added to the new encoder; without it most of a short budget goes into learning it again (docs/lab). Owns both.
/// </summary>
sealed record FormerRecognizer(Recognizer Recognizer, SpeechEncoder Encoder) : IDisposable
{
    /// <summary>Whether a new encoder can start from it: one shape of encoder, one text policy, the same letters in any order.</summary>
    public bool Fits(SpeechEncoder pretrained, Vocabulary letters) =>
        Recognizer.Vocabulary.Policy == letters.Policy && Recognizer.Vocabulary.Tokens.ToHashSet().SetEquals(letters.Tokens)
        && Shapes(Recognizer.Model.Encoder).SetEquals(Shapes(pretrained)) && Shapes(Encoder).SetEquals(Shapes(pretrained));

    static HashSet<string> Shapes(SpeechEncoder encoder) =>
        [.. encoder.state_dict().Select(t => $"{t.Key} {string.Join(',', t.Value.shape)}")];

    public void Dispose()
    {
        Recognizer.Dispose();
        Encoder.Dispose();
    }
}
