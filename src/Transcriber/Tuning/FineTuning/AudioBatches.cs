namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Endless batches of about the same amount of audio: each utterance once an epoch, those of similar length together, in an order that depends on the seed alone.</summary>
static class AudioBatches
{
    /// <summary>Batches' worth of utterances that are sorted by length at a time: little padding, yet company that changes every epoch.</summary>
    const int SortedBatches = 8;

    /// <param name="durationsSeconds">Of each utterance.</param>
    /// <param name="batchSeconds">Asked before the first of every few batches; its answer holds for all of them.</param>
    /// <returns>Indices into <paramref name="durationsSeconds"/>.</returns>
    public static IEnumerable<int[]> Endless(IReadOnlyList<double> durationsSeconds, Func<double> batchSeconds, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfZero(durationsSeconds.Count);
        while (true)
        {
            var order = Enumerable.Range(0, durationsSeconds.Count).ToArray();
            random.Shuffle(order);
            for (var taken = 0; taken < order.Length;)
            {
                var seconds = batchSeconds();
                var chunk = Cut(order.Skip(taken), durationsSeconds, SortedBatches * seconds).First();
                taken += chunk.Length;
                var batches = Cut(chunk.OrderBy(i => durationsSeconds[i]), durationsSeconds, seconds).ToArray();
                random.Shuffle(batches);
                foreach (var batch in batches)
                    yield return batch;
            }
        }
    }

    static IEnumerable<int[]> Cut(IEnumerable<int> order, IReadOnlyList<double> durationsSeconds, double limitSeconds)
    {
        var (batch, seconds) = (new List<int>(), 0.0);
        foreach (var index in order)
        {
            if (batch.Count > 0 && seconds + durationsSeconds[index] > limitSeconds)
            {
                yield return [.. batch];
                batch.Clear();
                seconds = 0;
            }
            batch.Add(index);
            seconds += durationsSeconds[index];
        }
        if (batch.Count > 0)
            yield return [.. batch];
    }
}
