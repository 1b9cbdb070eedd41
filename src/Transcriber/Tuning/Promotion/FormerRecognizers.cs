using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Finds the recognizer for a warm start.</summary>
sealed class FormerRecognizers(ModelRegistry registry)
{
    /// <summary>
    /// The newest version if it errs less than the champion, though not significantly: what rounds gain adds up until it is significant.
    /// Else the champion. If it does not fit (other letters or shape, its encoder is gone, the Learner began a new run), the newest
    /// version, refused or not: a new head that needs several budgets to beat the champion must not start anew in every round.
    /// </summary>
    /// <returns>Owned by the caller; null: none fits.</returns>
    public FormerRecognizer? For(ModelManifest newest, SpeechEncoder pretrained, LabelledSet labels)
    {
        var letters = labels.Letters;
        foreach (var number in InOrder(labels.Line).Distinct())
        {
            var former = Open(number, newest);
            if (former?.Fits(pretrained, letters) == true)
                return former;
            former?.Dispose();
        }
        return null;
    }

    IEnumerable<int> InOrder(string line)
    {
        var aliases = registry.Aliases();
        var champion = aliases.GetValueOrDefault(ModelId.KeyOf(line, ModelId.Champion))?.Number;
        var last = registry.Newest(ModelKind.Recognizer, m =>
            m.IsOf(line) && !aliases.ContainsKey(ModelId.WithdrawnKey(m.Number)));
        if (last?.Gate is { Verdict: GateVerdicts.Equal, Leads: true } && last.Parent == champion)
            yield return last.Number;
        if (champion is { } number)
            yield return number;
        if (last is not null)
            yield return last.Number;
    }

    /// <returns>Null: it or its encoder is gone or damaged, or the newest encoder does not descend from that one.</returns>
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
