using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Labels;

/// <summary>Batches of recordings of similar length, longest first, so that little is padded.</summary>
public static class LengthBatches
{
    /// <param name="seconds">Most audio of a batch, padding counted; a longer recording is a batch of its own.</param>
    public static IEnumerable<LabelledUtterance[]> Of(IReadOnlyList<LabelledUtterance> utterances, double seconds)
    {
        var batch = new List<LabelledUtterance>();
        foreach (var utterance in utterances.OrderByDescending(u => u.Samples.Length))
        {
            if (batch.Count > 0 && AudioFormat.SecondsOf(batch[0].Samples.Length) * (batch.Count + 1) > seconds)
            {
                yield return [.. batch];
                batch.Clear();
            }
            batch.Add(utterance);
        }
        if (batch.Count > 0)
            yield return [.. batch];
    }
}
