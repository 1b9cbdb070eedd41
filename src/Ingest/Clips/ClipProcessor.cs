using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Clips;

/// <summary>One message that stands alone: decode, resample, cut. Thread-safe.</summary>
sealed class ClipProcessor(DecodeLimits limits)
{
    /// <summary>The clip's segments (none where nobody speaks), or why there are none.</summary>
    /// <exception cref="OperationCanceledException">The service ends; a long clip is not waited for.</exception>
    public async Task<(IReadOnlyList<AudioSegment> Segments, Refusal? Refusal)> ProcessAsync(ConsumedMessage message, CancellationToken ct)
    {
        var decoded = await AudioDecoder.DecodeAsync(message.Value ?? [], message.Header(MessageHeaders.ContentType), limits, ct);
        if (decoded.Reason is { } reason)
            return ([], new Refusal(reason, decoded.Detail));
        IngestMetrics.Truncated.Inc(decoded.Truncation is null ? 0 : 1);
        foreach (var fault in decoded.FaultLabels)
            IngestMetrics.Faults.WithLabels(fault).Inc();
        var cutter = new SilenceCutter();
        var cuts = new List<CutSegment>(cutter.Push(decoded.Samples));
        if (cutter.Flush() is { } last)
            cuts.Add(last);
        var source = SegmentSource.From(message);
        return ([.. cuts.Select(cut => source.Segment(cut.Samples, SourceSample(cut.Start), decoded.SourceRateHz))], null);

        long SourceSample(long start) => start * decoded.SourceRateHz / AudioFormat.SampleRateHz;
    }
}
