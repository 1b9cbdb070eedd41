namespace Ssl.Shared.Foundation.Registry;

/// <summary>How far into a topic's partition training had read.</summary>
/// <param name="Offset">The next message to read.</param>
public sealed record StreamPosition(string Topic, int Partition, long Offset);
