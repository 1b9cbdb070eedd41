using Ssl.Ingest.Delivery;
using Ssl.Shared.Audio;
using Ssl.Shared.Contracts;
using Ssl.Shared.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// Raw PCM messages of one key as one continuous stream: a sample may be split between two messages. Keeps the messages whose audio is not yet
/// in a finished segment; only those behind the open segment may be committed, so that a crash reads it again from its start. Not thread-safe.
/// </summary>
sealed class PcmStream(AudioContentType type) : IDisposable
{
    readonly Resampler resampler = new(type.RateHz);
    readonly SilenceCutter cutter = new();
    readonly LinkedList<(ConsumedMessage Message, SegmentSource Source, long FirstFrame)> held = [];
    readonly List<short> resampled = [];
    byte[] carry = [];
    long frames;
    long sequence;

    public AudioContentType Type => type;

    /// <summary>Environment tick of the last message, in milliseconds.</summary>
    public long LastHeard { get; private set; } = Environment.TickCount64;

    /// <summary>Bytes at the end that are not a whole frame.</summary>
    public int DanglingBytes => carry.Length;

    public ConsumedMessage? LastMessage => held.Last?.Value.Message;

    /// <summary>Takes a message and returns the segments that it completes.</summary>
    public IReadOnlyList<AudioSegment> Push(ConsumedMessage message)
    {
        LastHeard = Environment.TickCount64;
        held.AddLast((message, SegmentSource.From(message), frames));
        if (carry.Length == 0)
            cutter.Mark(); // a sample split between messages would belong to both
        byte[] bytes = [.. carry, .. message.Value!];
        var whole = bytes.Length / FrameBytes;
        carry = bytes[(whole * FrameBytes)..];
        var mono = new float[whole];
        RawPcm.ToMono(bytes, type, mono);
        frames += whole;
        resampled.Clear();
        resampler.Push(mono, resampled);
        return Describe(cutter.Push(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(resampled)));
    }

    /// <summary>Ends the stream and returns its last segments.</summary>
    public IReadOnlyList<AudioSegment> End()
    {
        resampled.Clear();
        resampler.Flush(resampled);
        var cuts = new List<CutSegment>(cutter.Push(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(resampled)));
        if (cutter.Flush() is { } last)
            cuts.Add(last);
        return Describe(cuts);
    }

    /// <summary>Messages all of whose audio lies before the open segment; they are no longer held.</summary>
    public IEnumerable<ConsumedMessage> Release(bool ended)
    {
        var open = SourceFrame(cutter.OpenStart);
        while (held.First is { } first && (ended || (first.Next is { } next && next.Value.FirstFrame <= open)))
        {
            held.RemoveFirst();
            yield return first.Value.Message;
        }
    }

    public void Dispose() => resampler.Dispose();

    int FrameBytes => type.BytesPerSample * type.Channels;

    long SourceFrame(long sample) => sample * type.RateHz / AudioFormat.SampleRateHz;

    AudioSegment[] Describe(IEnumerable<CutSegment> cuts) => [.. cuts.Select(cut =>
    {
        var frame = SourceFrame(cut.Start);
        var (_, source, firstFrame) = held.Last(h => h.FirstFrame <= frame);
        return source.Segment(cut, frame - firstFrame, sequence++, type.RateHz);
    })];
}
