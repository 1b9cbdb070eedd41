namespace Ssl.Ingest.Streams;

/// <summary>Takes what <see cref="ProgressLog"/> reads.</summary>
interface IProgressReader
{
    void Take(string key, byte[] value);

    /// <summary>Drops what is known of a partition of <c>audio.raw</c> before its committed offset, or behind its end.</summary>
    void Forget(int partition, long committed, long end);
}
