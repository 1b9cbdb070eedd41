namespace Ssl.Shared.Speech.Labels;

/// <summary>Batches of utterances of similar length, longest first, for little padding.</summary>
public static class LengthBatches
{
    /// <param name="maxSeconds">Audio in a batch, padding included; a longer utterance is a batch of its own.</param>
    public static IEnumerable<T[]> Of<T>(IReadOnlyList<T> utterances, double maxSeconds) where T : Utterance
    {
        var batch = new List<T>();
        foreach (var utterance in utterances.OrderByDescending(u => u.Samples.Length))
        {
            if (batch.Count > 0 && batch[0].DurationSeconds * (batch.Count + 1) > maxSeconds)
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
