using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Finds the recognizer for a warm start.</summary>
sealed class FormerRecognizers(ModelRegistry registry)
{
    /// <summary>
    /// The champion; if it does not fit (other letters or shape, its encoder is gone, the Learner began anew), the last candidate, refused or not:
    /// a new head that one budget does not bring past the champion is not trained from nothing every round.
    /// </summary>
    /// <returns>The caller's; null: there is none that fits.</returns>
    public FormerRecognizer? For(ModelManifest newest, SpeechEncoder pretrained, LabelledSet labels)
    {
        var (aliases, letters) = (registry.Aliases(), Vocabulary.FromTexts(labels.Train.Select(u => u.Text)));
        foreach (var alias in new[] { ModelId.Champion, ModelId.Candidate })
        {
            if (!aliases.TryGetValue(alias, out var entry) || Open(entry.Number, newest) is not { } former)
                continue;
            if (former.Fits(pretrained, letters))
                return former;
            former.Dispose();
        }
        return null;
    }

    /// <returns>Null if it or its encoder is gone or damaged, or the newest encoder does not descend from that one: the difference of their weights would mean nothing.</returns>
    FormerRecognizer? Open(int number, ModelManifest newest)
    {
        if (registry.Open(ModelKind.Recognizer, number, out _) is not { Manifest.EncoderNumber: { } madeFrom } recognizer
            || !registry.DescendsFrom(newest, madeFrom)
            || registry.Open(ModelKind.Encoder, madeFrom, out _) is not { } encoder)
            return null;
        SpeechEncoder? origin = null;
        try
        {
            origin = ModelFolder.LoadEncoder(encoder.Path);
            return new FormerRecognizer(ModelFolder.LoadRecognizer(recognizer.Path), origin);
        }
        catch (InvalidModelException)
        {
            origin?.Dispose();
            return null;
        }
    }
}
