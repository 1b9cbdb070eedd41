using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Learner.Replay;

/// <summary>Where a segment's samples lie in the store.</summary>
/// <param name="Chunk">Number of the chunk file.</param>
/// <param name="PcmStart">Byte in the chunk at which the samples begin.</param>
/// <param name="SampleCount">16 kHz samples, 1 and up.</param>
sealed record StoredSegment(long Chunk, long PcmStart, int SampleCount)
{
    public double DurationSeconds => AudioFormat.SecondsOf(SampleCount);
}
