namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Endless batches of about equal audio and similar lengths, each utterance once an epoch, in seeded order.</summary>
static class AudioBatches
{
    // Utterances are sorted by length within windows of this many batches: little padding, but different batch mates every epoch.
    const int SortedBatches = 8;

    /// <param name="durationsSeconds">Of each utterance.</param>
    /// <param name="batchSeconds">Maximum audio of a batch, asked for in each window; a longer utterance is a batch of its own.</param>
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
                var window = Cut(order.Skip(taken), durationsSeconds, SortedBatches * seconds).First();
                taken += window.Length;
                var batches = Cut(window.OrderBy(i => durationsSeconds[i]), durationsSeconds, seconds).ToArray();
                random.Shuffle(batches);
                foreach (var batch in batches)
                    yield return batch;
            }
        }
    }

    static IEnumerable<int[]> Cut(IEnumerable<int> order, IReadOnlyList<double> durationsSeconds, double maxSeconds)
    {
        var (batch, seconds) = (new List<int>(), 0.0);
        foreach (var index in order)
        {
            if (batch.Count > 0 && seconds + durationsSeconds[index] > maxSeconds)
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
