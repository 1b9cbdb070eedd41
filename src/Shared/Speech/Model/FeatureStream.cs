using System.Runtime.InteropServices;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Features of an utterance while it is spoken. What does not change is computed once and kept; the normalisation follows what has been
/// heard (<see cref="RunningNorm"/>) and is applied when a window is read. Not thread-safe; holds no native memory.
/// </summary>
public abstract class FeatureStream(RunningNorm norm)
{
    readonly List<float> kept = []; // rows from the first one kept
    int dropped; // values

    /// <summary>Of all that was pushed, and of what was heard before.</summary>
    public RunningNorm Norm => norm;

    /// <summary>Encoder frames whose samples are all there, from the start of the utterance.</summary>
    public abstract int Frames { get; }

    /// <param name="samples">16 kHz mono PCM16 that follow those before.</param>
    public abstract void Push(ReadOnlySpan<short> samples);

    /// <summary>The encoder's input from a frame to the last one, on the CPU: log-mel [T, C] or waveform [S].</summary>
    /// <param name="first">Below <see cref="Frames"/>, not forgotten.</param>
    public abstract Tensor Window(int first);

    /// <summary>Drops what is before a frame; no window begins there any more.</summary>
    public void Forget(int before)
    {
        var count = Math.Clamp(StartOf(before) - dropped, 0, kept.Count);
        kept.RemoveRange(0, count);
        dropped += count;
    }

    /// <summary>Values before a frame.</summary>
    protected abstract int StartOf(int frame);
    protected int Count => dropped + kept.Count;

    protected void Add(ReadOnlySpan<float> rows)
    {
        norm.Add(rows);
        CollectionsMarshal.SetCount(kept, kept.Count + rows.Length);
        rows.CopyTo(CollectionsMarshal.AsSpan(kept)[^rows.Length..]);
    }

    protected float[] Read(int start, int end, bool normalise = true)
    {
        var rows = CollectionsMarshal.AsSpan(kept)[(start - dropped)..(end - dropped)].ToArray();
        if (normalise)
            norm.Apply(rows);
        return rows;
    }
}
