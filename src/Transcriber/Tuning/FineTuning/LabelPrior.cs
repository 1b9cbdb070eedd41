using Ssl.Shared.Speech.Decoding;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// How often each label is expected at a frame, before anything was heard. A new CTC head that begins there need not first learn that most frames are
/// blank and that an e is commoner than a q, which took it hundreds of updates.
/// </summary>
static class LabelPrior
{
    const double BlankFactor = 0.3; // a head that begins with fewer blanks than there are leaves them sooner; less than this is worse again (docs/lab-notes.md)
    const double LeastCount = 0.5; // of a label that no text has

    /// <param name="frames">Frames of all the recordings together.</param>
    /// <returns>One share a label, 1 together; label 0 is the blank.</returns>
    public static double[] Of(IEnumerable<string> texts, Vocabulary vocabulary, double frames)
    {
        var counts = new double[vocabulary.Size];
        Array.Fill(counts, LeastCount);
        var letters = 0;
        foreach (var label in texts.SelectMany(vocabulary.Encode))
        {
            counts[label]++;
            letters++;
        }
        counts[0] = Math.Max(LeastCount, BlankFactor * (frames - letters));
        var all = counts.Sum();
        return Array.ConvertAll(counts, count => count / all);
    }
}
