namespace Ssl.Learner.Replay;

/// <summary>A segment in a chunk, as the store keeps it in memory.</summary>
/// <param name="Chunk">Number of the chunk file.</param>
/// <param name="PcmStart">Offset of the first sample in the chunk, in bytes.</param>
/// <param name="SampleCount">16 kHz samples, 1 and up.</param>
/// <param name="Key">See <see cref="RecordHeader.Key"/>.</param>
/// <param name="Offset">Offset of its message in its partition of <c>audio.segments</c>.</param>
sealed record StoredSegment(
    long Chunk, long PcmStart, int SampleCount, ulong Key, int Partition, long Offset, DateTimeOffset StoredAt);
