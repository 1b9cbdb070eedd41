namespace Ssl.Shared.Foundation.Kafka;

/// <summary>How a consumer reads ahead of the work, and what it does when it loses partitions.</summary>
public sealed record ConsumerLoopOptions
{
    /// <summary>Messages read ahead.</summary>
    public int Capacity { get; init; } = 64;
    /// <summary>Whether <see cref="ConsumerLoop.ReadAllAsync"/> also tells where the end of a partition was reached.</summary>
    public bool ReportsEnds { get; init; }

    /// <summary>
    /// Called after partitions were revoked and before another member gets them (not if the session was lost): waits, a few seconds at
    /// most, until no write for them is under way. <see cref="ConsumerLoop.Holds"/> is already false.
    /// </summary>
    public Action<IReadOnlyCollection<int>>? Revoked { get; init; }
}
