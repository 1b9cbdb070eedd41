using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>
/// Finds the turns of speech in a session's audio: a turn starts when most of an eighth of a second is speech, and stops after the silence
/// that the settings name. Keeps what a turn will begin with. Not thread-safe.
/// </summary>
sealed class TurnFinder
{
    const int FrameSamples = AudioFormat.SampleRateHz / 100;
    const int StartWindow = 12; // frames of 10 ms
    const int StartFrames = 8;
    const int GoOnWindow = 5; // a click is no speech
    const int GoOnFrames = 3;

    readonly VoiceActivityDetector detector = new();
    readonly List<short> kept = []; // before a turn, what it would begin with; within, what was not given out
    readonly Queue<bool> recent = new(); // the last frames
    readonly long origin;
    long keptFrom;
    int silentFrames;

    /// <param name="origin">Samples of the session before the first one pushed.</param>
    public TurnFinder(long origin) => this.origin = keptFrom = origin;

    public bool InTurn { get; private set; }

    /// <summary>Events in the order in which they happen; samples of a turn are given out as they come.</summary>
    public IReadOnlyList<TurnEvent> Push(ReadOnlySpan<short> block, TurnDetection settings)
    {
        var events = new List<TurnEvent>();
        CollectionsMarshal.SetCount(kept, kept.Count + block.Length);
        block.CopyTo(CollectionsMarshal.AsSpan(kept)[^block.Length..]);
        foreach (var frame in detector.Push(block))
        {
            var end = origin + frame.Start + FrameSamples;
            Remember(frame.Probability >= settings.Threshold);
            if (!InTurn && recent.Count(speech => speech) >= StartFrames)
            {
                var padding = (settings.PrefixPaddingMs / 10 + StartWindow) * FrameSamples;
                Drop(end - padding);
                (InTurn, silentFrames) = (true, 0);
                events.Add(new TurnEvent(TurnChange.Started, keptFrom, default));
            }
            else if (InTurn)
            {
                silentFrames = recent.TakeLast(GoOnWindow).Count(speech => speech) >= GoOnFrames ? 0 : silentFrames + 1;
                if (silentFrames * 10 < settings.SilenceDurationMs)
                    continue;
                events.Add(new TurnEvent(TurnChange.None, keptFrom, Take(end)));
                events.Add(new TurnEvent(TurnChange.Stopped, end, default));
                End();
            }
        }
        if (InTurn && kept.Count > 0)
            events.Add(new TurnEvent(TurnChange.None, keptFrom, Take(keptFrom + kept.Count)));
        else if (!InTurn)
            Drop(keptFrom + kept.Count - (settings.PrefixPaddingMs / 10 + 2 * StartWindow) * FrameSamples);
        return events;
    }

    /// <summary>Ends a turn, or begins one with what is kept and ends it: the client says that it is over.</summary>
    /// <returns>What was not given out.</returns>
    public ReadOnlyMemory<short> End()
    {
        var rest = InTurn ? default : Take(keptFrom + kept.Count);
        InTurn = false;
        recent.Clear();
        return rest;
    }

    void Remember(bool speech)
    {
        recent.Enqueue(speech);
        if (recent.Count > StartWindow)
            recent.Dequeue();
    }

    void Drop(long before) => Take(before);

    ReadOnlyMemory<short> Take(long before)
    {
        var count = (int)Math.Clamp(before - keptFrom, 0, kept.Count);
        var taken = CollectionsMarshal.AsSpan(kept)[..count].ToArray();
        kept.RemoveRange(0, count);
        keptFrom += count;
        return taken;
    }
}

/// <summary>A change, or samples of the present turn.</summary>
/// <param name="Sample">Of the session: where the turn or the samples start, or where the turn stops.</param>
readonly record struct TurnEvent(TurnChange Change, long Sample, ReadOnlyMemory<short> Samples);

enum TurnChange { None, Started, Stopped }
