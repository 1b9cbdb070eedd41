namespace Ssl.Shared.Foundation.Kafka;

/// <summary>A stretch of a partition.</summary>
/// <param name="First">Of the first message.</param>
/// <param name="End">Behind the last message.</param>
public readonly record struct OffsetRange(int Partition, long First, long End);
