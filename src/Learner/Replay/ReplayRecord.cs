namespace Ssl.Learner.Replay;

/// <summary>What the store keeps in memory of a record on disk.</summary>
/// <param name="Key">See <see cref="SegmentKey"/>.</param>
/// <param name="Offset">Offset of its message in its partition of <c>audio.segments</c>.</param>
sealed record ReplayRecord(StoredSegment Segment, ulong Key, int Partition, long Offset, DateTimeOffset StoredAt);
