namespace Ssl.Shared.Foundation.Kafka;

/// <summary>How much a consumer reads ahead of the work, and from where.</summary>
public sealed record ConsumerLoopOptions
{
    /// <summary>A member that dies is noticed after this time; null: librdkafka's 45 s. A value in the section <c>Kafka</c> wins.</summary>
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary>Messages read ahead.</summary>
    public int Capacity { get; init; } = 64;

    /// <summary>Bytes read ahead.</summary>
    public long CapacityBytes { get; init; } = 32 << 20;

    /// <summary>Where a partition is taken up instead of at the group's committed offset; null for the committed one.</summary>
    public Func<string, int, long?>? StartAt { get; init; }

    /// <summary>
    /// Called after partitions were revoked and before another member gets them (not if the session was lost): waits, a few seconds at
    /// most, until no write for them is under way. <see cref="ConsumerLoop.Holds"/> is already false.
    /// </summary>
    public Action<IReadOnlyCollection<int>>? Revoked { get; init; }
}
