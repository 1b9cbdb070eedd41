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
        if (full.Count == 0 && count == piece.Length)
            return piece;
        var whole = new short[full.Sum(p => p.Length) + count];
        var at = 0;
        foreach (var part in full)
        {
            part.CopyTo(whole, at);
            at += part.Length;
        }
        piece.AsSpan(0, count).CopyTo(whole.AsSpan(at));
        return whole;
    }

    public void Dispose() => resampler.Dispose();

    void Append(ReadOnlySpan<short> block)
    {
        while (block.Length > piece.Length - count)
        {
            var room = piece.Length - count;
            block[..room].CopyTo(piece.AsSpan(count));
            block = block[room..];
            full.Add(piece);
            (piece, count) = (new short[PieceSamples], 0);
        }
        block.CopyTo(piece.AsSpan(count));
        count += block.Length;
    }
}
