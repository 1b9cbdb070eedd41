using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Clips;

/// <summary>One message that stands alone: decode, resample, cut. Thread-safe.</summary>
sealed class ClipProcessor(DecodeLimits limits)
{
    /// <summary>The clip's segments (none where nobody speaks), or why there are none.</summary>
    public (IReadOnlyList<AudioSegment> Segments, Refusal? Refusal) Process(ConsumedMessage message)
    {
        var decoded = AudioDecoder.Decode(message.Value ?? [], message.Header(MessageHeaders.ContentType), limits);
        if (decoded.Reason is { } reason)
            return ([], new Refusal(reason, decoded.Detail));
        var cutter = new SilenceCutter();
        var cuts = new List<CutSegment>(cutter.Push(decoded.Samples));
        if (cutter.Flush() is { } last)
            cuts.Add(last);
        var source = SegmentSource.From(message);
        return ([.. cuts.Select(cut => source.Segment(cut.Samples, SourceSample(cut.Start), decoded.SourceRateHz))], null);

        long SourceSample(long start) => start * decoded.SourceRateHz / AudioFormat.SampleRateHz;
    }
}
