using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Collects a clip at 16 kHz from blocks, in pieces where its length is unknown: growing one array would hold it three times.
/// </summary>
/// <param name="expectedFrames">At the source's rate, within the limits; 0 where unknown.</param>
sealed class ClipBuilder(int sourceRateHz, long expectedFrames) : IDisposable
{
    const int PieceSamples = 60 * AudioFormat.SampleRateHz;

    readonly Resampler resampler = new(sourceRateHz);
    readonly List<short[]> full = [];
    short[] piece = new short[expectedFrames > 0 ? Resampler.LengthOf(expectedFrames, sourceRateHz) : PieceSamples];
    int count;

    /// <param name="mono">-1 to 1, at the source's rate.</param>
    public void Add(ReadOnlySpan<float> mono) => Append(resampler.Push(mono));

    /// <summary>The whole clip.</summary>
    public short[] End()
    {
        Append(resampler.Flush());
        return Take();
    }

    /// <summary>Samples so far.</summary>
    public int Count => full.Sum(p => p.Length) + count;

    /// <summary>The samples so far, which are not kept.</summary>
    public short[] Take()
    {
        full.Add(count == piece.Length ? piece : piece[..count]);
        var taken = full is [var only] ? only : Join(full);
        full.Clear();
        (piece, count) = ([], 0);
        return taken;
    }

    public static short[] Join(List<short[]> pieces)
    {
        var whole = new short[pieces.Sum(p => p.Length)];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(whole, at);
            at += piece.Length;
        }
        return whole;
    }

    public void Dispose() => resampler.Dispose();

    void Append(ReadOnlySpan<short> block)
    {
        for (int room; (room = piece.Length - count) < block.Length; block = block[room..])
        {
            block[..room].CopyTo(piece.AsSpan(count));
            full.Add(piece);
            (piece, count) = (new short[PieceSamples], 0);
        }
        block.CopyTo(piece.AsSpan(count));
        count += block.Length;
    }
}
