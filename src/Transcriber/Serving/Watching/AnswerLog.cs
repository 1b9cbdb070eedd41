using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Watching;

/// <summary>Figures of the latest answers by version, in fixed windows of time. Thread-safe.</summary>
sealed class AnswerLog(TimeProvider clock)
{
    const int MaxVersions = 32; // champions of the lines, the former ones, and those that requests name
    const int MaxWindows = 180; // half an hour with answers
    static readonly TimeSpan WindowLength = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly long started = clock.GetTimestamp();
    readonly Dictionary<int, LinkedList<Window>> versions = []; // the newest window first

    /// <param name="cost">Time of computing it.</param>
    public void Answered(int version, Transcription answer, double audioSeconds, TimeSpan cost) =>
        Add(version, AnswerFigures.Of(answer, audioSeconds, cost.TotalSeconds / audioSeconds));

    public void Failed(int version) => Add(version, AnswerFigures.OfFailure);

    /// <summary>Figures of the newest windows that hold so many answers together, or of all that are kept.</summary>
    public AnswerFigures Latest(int version, int answers)
    {
        lock (gate)
        {
            var sum = default(AnswerFigures);
            foreach (var window in versions.GetValueOrDefault(version) ?? [])
            {
                if (sum.Failed.Count >= answers)
                    break;
                sum += window.Figures;
            }
            return sum;
        }
    }

    void Add(int version, AnswerFigures figures)
    {
        var now = clock.GetElapsedTime(started).Ticks / WindowLength.Ticks;
        lock (gate)
        {
            if (!versions.TryGetValue(version, out var windows))
            {
                if (versions.Count >= MaxVersions)
                    versions.Remove(versions.MinBy(v => v.Value.First!.Value.Index).Key);
                versions[version] = windows = new();
            }
            if (windows.First is { } newest && newest.Value.Index == now)
                newest.Value = newest.Value with { Figures = newest.Value.Figures + figures };
            else
                windows.AddFirst(new Window(now, figures));
            if (windows.Count > MaxWindows)
                windows.RemoveLast();
        }
    }

    readonly record struct Window(long Index, AnswerFigures Figures);
}
