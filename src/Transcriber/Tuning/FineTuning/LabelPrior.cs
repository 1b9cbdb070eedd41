using Ssl.Shared.Speech.Decoding;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Expected frequency of each label at a frame, the initial bias of a new CTC head. Learning instead that most frames are blank and e is commoner than q
/// took hundreds of updates.
/// </summary>
static class LabelPrior
{
    const double BlankFactor = 0.3; // a head with fewer blanks than there are stops writing only blanks earlier; less is worse again (docs/lab)
    const double MinCount = 0.5; // of a label that no text has

    /// <param name="frames">Of all recordings together.</param>
    /// <returns>One share a label, sum 1; label 0 is the blank.</returns>
    public static double[] Of(IEnumerable<string> texts, Vocabulary vocabulary, double frames)
    {
        var counts = new double[vocabulary.Size];
        Array.Fill(counts, MinCount);
        var letters = 0;
        foreach (var label in texts.SelectMany(vocabulary.Encode))
        {
            counts[label]++;
            letters++;
        }
        counts[0] = Math.Max(MinCount, BlankFactor * (frames - letters));
        var all = counts.Sum();
        return Array.ConvertAll(counts, count => count / all);
    }
}
