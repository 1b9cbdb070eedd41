namespace Ssl.Shared.Foundation.Registry;

/// <summary>Another process has taken over the writer's role; this one must stop.</summary>
public sealed class StaleEpochException(WriterEpoch mine, long current, Exception? cause = null)
    : Exception($"epoch {mine.Epoch} of writer {mine.Writer} is over: {current} has begun in another process", cause);
