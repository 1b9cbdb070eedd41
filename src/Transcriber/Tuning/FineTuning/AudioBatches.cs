namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Endless batches of about equal audio and similar lengths, each utterance once an epoch, in seeded order.</summary>
/// <param name="durationsSeconds">Of each utterance.</param>
sealed class AudioBatches(IReadOnlyList<double> durationsSeconds, Random random)
{
    // Utterances are sorted by length within windows of this many batches: little padding, but different batch mates every epoch.
    const int SortedBatches = 8;

    /// <summary>Where in the epoch it is; set to go on from there.</summary>
    public BatchPosition Position { get; set; } = new([], 0, [], 0, 0);

    /// <param name="batchSeconds">Maximum audio of a batch, of effect in the next window; a longer utterance is a batch of its own.</param>
    /// <returns>Indices into the utterances.</returns>
    public int[] Next(double batchSeconds)
    {
        if (Position.Next == Position.Window.Length)
            Position = NextWindow(batchSeconds);
        var batch = Position.Window[Position.Next];
        Position = Position with { Next = Position.Next + 1 };
        return batch;
    }

    BatchPosition NextWindow(double batchSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(durationsSeconds.Count);
        var (order, taken) = (Position.Order, Position.Taken);
        if (taken == order.Length)
        {
            (order, taken) = ([.. Enumerable.Range(0, durationsSeconds.Count)], 0);
            random.Shuffle(order);
        }
        var window = Cut(order.Skip(taken), SortedBatches * batchSeconds).First();
        var batches = Cut(window.OrderBy(i => durationsSeconds[i]), batchSeconds).ToArray();
        random.Shuffle(batches);
        return new BatchPosition(order, taken + window.Length, batches, 0, batchSeconds);
    }

    IEnumerable<int[]> Cut(IEnumerable<int> order, double maxSeconds)
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

/// <summary>How much of an epoch has been used.</summary>
/// <param name="Order">Of the utterances in this epoch.</param>
/// <param name="Taken">How many of them are in windows so far.</param>
/// <param name="Window">Batches of the present window.</param>
/// <param name="Next">The batch that is next.</param>
/// <param name="MaxSeconds">Maximum audio of a batch in this window.</param>
sealed record BatchPosition(int[] Order, int Taken, int[][] Window, int Next, double MaxSeconds);
