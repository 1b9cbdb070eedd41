namespace Ssl.Transcriber.Serving.Batching;

/// <summary>How fast the workers have been lately, for telling how long a recording will take. Thread-safe.</summary>
sealed class Throughput
{
    const double NewestShare = 0.2; // of the running mean

    readonly Lock gate = new();
    double? secondsASecond;

    /// <summary>Audio seconds that one worker transcribes in a second; null: not measured yet.</summary>
    public double? OfOneWorker
    {
        get
        {
            lock (gate)
                return secondsASecond;
        }
    }

    public void Measured(double audioSeconds, TimeSpan took)
    {
        var now = audioSeconds / Math.Max(took.TotalSeconds, 1e-6);
        lock (gate)
            secondsASecond = secondsASecond is { } before ? before + NewestShare * (now - before) : now;
    }
}
