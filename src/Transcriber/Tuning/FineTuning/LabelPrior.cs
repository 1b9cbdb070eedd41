using Ssl.Shared.Speech.Decoding;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Frequency of each label at a frame, the initial bias of a new CTC head; learning it took hundreds of updates.</summary>
static class LabelPrior
{
    // Expecting fewer blanks than there are makes the head write letters earlier; less than this is worse again (docs/lab).
    const double BlankFactor = 0.3;
    const double MinCount = 0.5; // of a label that is in no text

    /// <param name="frames">Of all recordings together.</param>
    /// <returns>A share for each label, sum 1; label 0 is the blank.</returns>
    public static double[] Of(IEnumerable<string> texts, Vocabulary vocabulary, double frames)
    {
        var counts = new double[vocabulary.Size];
        Array.Fill(counts, MinCount);
        int[] labels = [.. texts.SelectMany(vocabulary.Encode)];
        foreach (var label in labels)
            counts[label]++;
        counts[0] = Math.Max(MinCount, BlankFactor * (frames - labels.Length));
        var all = counts.Sum();
        return Array.ConvertAll(counts, count => count / all);
    }
}
