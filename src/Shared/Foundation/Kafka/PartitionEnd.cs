namespace Ssl.Shared.Foundation.Kafka;

/// <summary>The end of a partition at a moment.</summary>
/// <param name="Offset">Behind the last message.</param>
/// <param name="At">Timestamp of the moment.</param>
/// <param name="AnsweringSince">Since this timestamp the broker answers without a break: producers could deliver as well.</param>
public sealed record PartitionEnd(long Offset, long At, long AnsweringSince);
