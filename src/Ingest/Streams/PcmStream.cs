using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// Raw PCM messages of one key as one continuous stream, cut wherever the sender liked: a sample may be split between two. It is cut at the
/// source's rate and each segment mixed and resampled by itself, so a segment depends on nothing before its first sample but how loud the
/// speakers were, which is recorded with its position: whoever resumes there makes the same one. Keeps the messages that the open segment
/// needs. Not thread-safe.
/// </summary>
/// <param name="skipBytes">Of the first message: already in segments.</param>
/// <param name="voice">Of the position at which it resumes.</param>
sealed class PcmStream(AudioContentType type, int assignment, int skipBytes, IReadOnlyList<float>? voice = null)
{
    const int RecordEverySeconds = 5; // while silence passes and no segment ends

    readonly SilenceCutter cutter = new(type.RateHz, type.Channels, voice);
    readonly LinkedList<HeldMessage> held = [];
    byte[] carry = [];
    int skip = skipBytes;
    int recordedByte = skipBytes; // of the first message held: where a copy of this stream begins
    IReadOnlyList<float>? recordedVoice = voice;
    long frames;
    long recorded;

    public AudioContentType Type => type;
    /// <summary>The assignment of the partition in which it was read.</summary>
    public int Assignment => assignment;
    public ConsumedMessage? LastMessage { get; private set; }
    /// <summary>Audio in the last message.</summary>
    public TimeSpan LastLength { get; private set; }
    public SequenceOrder Order { get; private init; } = new();
    /// <summary>True after a failure: its state may be anything.</summary>
    public bool IsBroken { get; set; }
    /// <summary>The messages some of whose audio is not yet in finished segments.</summary>
    public IEnumerable<ConsumedMessage> Held => held.Select(h => h.Message);
    /// <summary>Timestamp of the clock at the last message.</summary>
    public long Heard { get; set; }
    /// <summary>Bytes at the end that are not a whole frame.</summary>
    public int DanglingBytes => carry.Length;

    /// <summary>Where the open segment begins.</summary>
    public StreamPosition Position
    {
        get
        {
            if (IsAllUsed)
                return End with { Voice = cutter.Memory };
            var holder = HolderOf(cutter.OpenStart);
            return new StreamPosition(holder.Message.Offset, ByteOf(cutter.OpenStart, holder), cutter.Memory);
        }
    }

    /// <summary>Behind the last message.</summary>
    public StreamPosition End { get; private set; } = new(0, 0);
    /// <summary>True when silence has passed long enough for the position to be worth recording.</summary>
    public bool HasMoved => cutter.OpenStart - recorded >= RecordEverySeconds * (long)type.RateHz;

    /// <summary>Takes the next message and returns the segments that it completes.</summary>
    /// <param name="pcm">Its samples, where a header stands before them.</param>
    public IReadOnlyList<AudioSegment> Push(ConsumedMessage message, ReadOnlyMemory<byte>? pcm = null)
    {
        var all = pcm ?? message.Value;
        var fresh = all.Span[Math.Min(skip, all.Length)..];
        var lead = carry.Length == 0 ? 0 : type.BytesPerFrame - carry.Length; // the end of a frame that began before
        held.AddLast(new HeldMessage(message, all, SegmentSource.From(message), frames + (lead > 0 ? 1 : 0), skip + lead));
        (LastMessage, skip, End) = (message, 0, new StreamPosition(message.Offset, all.Length));
        LastLength = TimeSpan.FromSeconds(all.Length / type.BytesPerFrame / (double)type.RateHz);

        byte[] bytes = [.. carry, .. fresh];
        var whole = bytes.Length / type.BytesPerFrame;
        carry = bytes[(whole * type.BytesPerFrame)..];
        var samples = new short[whole * type.Channels];
        RawPcm.ToSamples(bytes, type, samples);
        frames += whole;
        return [.. cutter.Push(samples).Select(Describe)];
    }

    /// <summary>Ends the stream and returns its last segment, if there is speech in it.</summary>
    public IReadOnlyList<AudioSegment> Flush() => cutter.Flush() is { } last ? [Describe(last)] : [];

    /// <summary>This stream, made again from what it holds, after a failure: at a message, or at its end.</summary>
    public PcmStream Without(ConsumedMessage? message)
    {
        var copy = new PcmStream(type, assignment, recordedByte, recordedVoice) { Order = Order, Heard = Heard };
        foreach (var before in held.Where(h => h.Message.Offset != message?.Offset))
            copy.Push(before.Message, before.Pcm);
        if (message is null)
            (copy.LastMessage, copy.End) = (LastMessage, End);
        return copy;
    }

    /// <summary>The position is durable: the messages before it are no longer held, and may be committed.</summary>
    public IReadOnlyList<ConsumedMessage> Release(bool ended)
    {
        var released = new List<ConsumedMessage>();
        (recorded, recordedByte, recordedVoice) = (cutter.OpenStart, ended || IsAllUsed ? 0 : Position.Byte, cutter.Memory);
        while (held.First is { } first && (ended || IsBeforeOpenSegment(first)))
        {
            held.RemoveFirst();
            released.Add(first.Value.Message);
        }
        return released;
    }

    bool IsBeforeOpenSegment(LinkedListNode<HeldMessage> message) =>
        message.Next is { } next ? next.Value.FirstFrame <= cutter.OpenStart : IsAllUsed;

    bool IsAllUsed => cutter.OpenStart == frames && carry.Length == 0;

    AudioSegment Describe(CutSegment cut)
    {
        var holder = HolderOf(cut.Start);
        var (first, rate) = (ByteOf(cut.Start, holder) / type.BytesPerFrame, type.RateHz);
        var mixed = AudioDecoder.DecodeSamples(cut.Samples, rate, type.Channels);
        foreach (var fault in mixed.FaultLabels)
            IngestMetrics.Faults.WithLabels(fault).Inc();
        var segment = holder.Source.Segment(mixed.Samples, first, rate);
        // One refusal covers every segment that holds a sample of it.
        var sources = held.SkipWhile(h => h != holder).TakeWhile(h => h.FirstFrame < cut.End);
        return segment with { TrainOptOut = sources.Any(h => h.Source.TrainOptOut) };
    }

    HeldMessage HolderOf(long frame) => held.Last(h => h.FirstFrame <= frame);
    int ByteOf(long frame, HeldMessage holder) => (int)(holder.FirstByte + (frame - holder.FirstFrame) * type.BytesPerFrame);
}

/// <summary>A message of a stream some of whose audio is not yet in a finished segment.</summary>
/// <param name="FirstFrame">First frame of the stream that begins in this message; a split frame belongs to where it begins.</param>
/// <param name="FirstByte">Its position in the message.</param>
sealed record HeldMessage(
    ConsumedMessage Message, ReadOnlyMemory<byte> Pcm, SegmentSource Source, long FirstFrame, int FirstByte);
