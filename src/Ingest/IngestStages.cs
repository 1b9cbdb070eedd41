using Ssl.Ingest.Clips;
using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest;

/// <summary>The computing of Ingest, apart from reading and sending. Tests plant failures here.</summary>
sealed class IngestStages(IngestOptions options)
{
    /// <summary>One message that stands alone to segments, or why there are none.</summary>
    public Func<ConsumedMessage, CancellationToken, Task<(IReadOnlyList<AudioSegment> Segments, Refusal? Refusal)>> Clip { get; init; } =
        new ClipProcessor(options.Limits).ProcessAsync;

    /// <summary>The next block of a stream to the segments that it completes.</summary>
    public Func<PcmStream, StreamBlock, IReadOnlyList<AudioSegment>> Push { get; init; } =
        (stream, block) => stream.Push(block.Message, block.Pcm);
}
