using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// Raw PCM messages of one key as one continuous stream, cut wherever the sender liked: a sample may be split between two. It is cut at the
/// source's rate and each segment resampled by itself, so a segment depends on nothing before its first sample: whoever resumes there
/// makes the same one. Keeps the messages that the open segment needs. Not thread-safe.
/// </summary>
/// <param name="skipBytes">Of the first message: already in segments.</param>
sealed class PcmStream(AudioContentType type, int assignment, int skipBytes)
{
    const int RecordEverySeconds = 5; // while silence passes and no segment ends

    readonly SilenceCutter cutter = new(type.RateHz);
    readonly LinkedList<HeldMessage> held = [];
    byte[] carry = [];
    int skip = skipBytes;
    long frames;
    long recorded;

    public AudioContentType Type => type;

    /// <summary>The assignment of the partition in which it was read.</summary>
    public int Assignment => assignment;

    public ConsumedMessage? LastMessage { get; private set; }

    /// <summary>Bytes at the end that are not a whole frame.</summary>
    public int DanglingBytes => carry.Length;

    /// <summary>Where the open segment begins.</summary>
    public StreamPosition Position
    {
        get
        {
            var frame = cutter.OpenStart;
            if (frame == frames && carry.Length == 0)
                return End;
            var holder = HolderOf(frame);
            return new StreamPosition(holder.Message.Offset, ByteOf(frame, holder));
        }
    }

    /// <summary>Behind the last message.</summary>
    public StreamPosition End => new(LastMessage!.Offset, LastMessage.Value!.Length);

    /// <summary>True when silence has passed long enough for the position to be worth recording.</summary>
    public bool HasMoved => cutter.OpenStart - recorded >= RecordEverySeconds * (long)type.RateHz;

    /// <summary>Takes the next message and returns the segments that it completes.</summary>
    public IReadOnlyList<AudioSegment> Push(ConsumedMessage message)
    {
        var fresh = message.Value.AsSpan(Math.Min(skip, message.Value!.Length));
        var lead = carry.Length == 0 ? 0 : type.BytesPerFrame - carry.Length; // the end of a frame that began before
        held.AddLast(new HeldMessage(message, SegmentSource.From(message), frames + (lead > 0 ? 1 : 0), skip + lead));
        (LastMessage, skip) = (message, 0);

        byte[] bytes = [.. carry, .. fresh];
        var whole = bytes.Length / type.BytesPerFrame;
        carry = bytes[(whole * type.BytesPerFrame)..];
        var mono = new float[whole];
        RawPcm.ToMono(bytes, type, mono);
        var samples = new short[whole];
        RawPcm.ToSamples(mono, samples);
        frames += whole;
        return [.. cutter.Push(samples).Select(Describe)];
    }

    /// <summary>Ends the stream and returns its last segment, if there is speech in it.</summary>
    public IReadOnlyList<AudioSegment> Flush() => cutter.Flush() is { } last ? [Describe(last)] : [];

    /// <summary>The position is durable: the messages before it are no longer held, and may be committed.</summary>
    public IReadOnlyList<ConsumedMessage> Release(bool ended)
    {
        var released = new List<ConsumedMessage>();
        var open = recorded = cutter.OpenStart;
        while (held.First is { } first && (ended || IsBefore(first, open)))
        {
            held.RemoveFirst();
            released.Add(first.Value.Message);
        }
        return released;
    }

    /// <summary>True if the message holds no sample of the open segment.</summary>
    bool IsBefore(LinkedListNode<HeldMessage> message, long open) =>
        message.Next is { } next ? next.Value.FirstFrame <= open : open == frames && carry.Length == 0;

    AudioSegment Describe(CutSegment cut)
    {
        var holder = HolderOf(cut.Start);
        var (first, rate) = (ByteOf(cut.Start, holder) / type.BytesPerFrame, type.RateHz);
        var segment = holder.Source.Segment(Resampler.Convert(cut.Samples, rate), first, rate);
        // One refusal covers every segment that holds a sample of it.
        var sources = held.SkipWhile(h => h != holder).TakeWhile(h => h.FirstFrame < cut.End);
        return segment with { TrainOptOut = sources.Any(h => h.Source.TrainOptOut) };
    }

    HeldMessage HolderOf(long frame) => held.Last(h => h.FirstFrame <= frame);

    int ByteOf(long frame, HeldMessage holder) => (int)(holder.FirstByte + (frame - holder.FirstFrame) * type.BytesPerFrame);
}
