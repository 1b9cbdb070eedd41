using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

public sealed class PcmStreamTests
{
    static readonly AudioContentType Mono16 = Type("audio/pcm;rate=16000");

    static AudioContentType Type(string text) => AudioContentType.Parse(text, out var problem) ?? throw new InvalidDataException(problem);

    static byte[] Bytes(ReadOnlySpan<short> samples) => MemoryMarshal.AsBytes(samples).ToArray();

    static ConsumedMessage Message(long offset, byte[] value, bool optOut = false, string? time = null)
    {
        var headers = new Headers();
        if (optOut)
            headers.Add(MessageHeaders.TrainOptOut, "true"u8.ToArray());
        if (time is not null)
            headers.Add(MessageHeaders.Time, Encoding.UTF8.GetBytes(time));
        return new ConsumedMessage(Topics.AudioRaw, 0, offset, "call"u8.ToArray(), value, headers, DateTimeOffset.UnixEpoch);
    }

    static List<ConsumedMessage> Cut(byte[] bytes, int seed, int most)
    {
        var random = new Random(seed);
        var messages = new List<ConsumedMessage>();
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(random.Next(1, most), bytes.Length - at);
            messages.Add(Message(messages.Count * 3 + 7, bytes[at..(at + size)])); // other streams' messages lie between
            at += size;
        }
        return messages;
    }

    static List<AudioSegment> Run(PcmStream stream, IEnumerable<ConsumedMessage> messages, Action<PcmStream>? after = null)
    {
        var segments = new List<AudioSegment>();
        foreach (var message in messages)
        {
            segments.AddRange(stream.Push(message));
            after?.Invoke(stream);
        }
        segments.AddRange(stream.Flush());
        return segments;
    }

    [Theory]
    [InlineData("audio/pcm;rate=16000;channels=1", 1)]
    [InlineData("audio/pcm;rate=16000;channels=2", 2)]
    [InlineData("audio/L16;rate=44100", 1)]
    public void The_same_audio_in_other_messages_gives_the_same_segments(string contentType, int channels)
    {
        var type = Type(contentType);
        var bytes = Bytes([.. TestAudio.Bursts(20, rateHz: type.RateHz).SelectMany(s => Enumerable.Repeat(s, channels))]);
        var whole = Run(new PcmStream(type, 1, 0), [Message(1, bytes)]);
        Assert.InRange(whole.Count, 3, 25);
        Assert.All(whole, s => Assert.InRange(s.SampleCount, 16_000, 320_000));
        foreach (var most in new[] { 641, 50_000 })
        {
            var pieces = Run(new PcmStream(type, 1, 0), Cut(bytes, seed: most, most));
            Assert.Equal(whole.Select(s => Convert.ToHexString(s.Pcm.Span)), pieces.Select(s => Convert.ToHexString(s.Pcm.Span)));
        }
    }

    [Fact]
    public void Samples_cut_into_single_bytes_are_put_together_again()
    {
        var bytes = Bytes(TestAudio.Bursts(2, rateHz: 4_000));
        var type = Type("audio/pcm;rate=4000;channels=2");
        var whole = Run(new PcmStream(type, 1, 0), [Message(1, bytes)]);
        var pieces = Run(new PcmStream(type, 1, 0), Cut(bytes, seed: 1, most: 3));
        Assert.Equal(whole.Select(s => Convert.ToHexString(s.Pcm.Span)), pieces.Select(s => Convert.ToHexString(s.Pcm.Span)));
    }

    [Fact]
    public void A_segment_is_named_after_the_message_and_sample_in_which_it_begins()
    {
        var bytes = Bytes(TestAudio.Bursts(8));
        var whole = Run(new PcmStream(Mono16, 1, 0), [Message(5, bytes)]);
        var messages = Cut(bytes, seed: 9, most: 30_001);
        var starts = messages.Select((m, i) => (m.Offset, FirstByte: messages.Take(i).Sum(p => p.Value!.Length))).ToArray();
        foreach (var (piece, reference) in Run(new PcmStream(Mono16, 1, 0), messages).Zip(whole))
        {
            var firstByte = long.Parse(reference.Id.Split('/')[3]) * 2;
            var (offset, messageStart) = starts.Last(s => s.FirstByte <= firstByte);
            Assert.Equal($"audio.raw/0/{offset}/{(firstByte - messageStart) / 2}", piece.Id);
        }
        Assert.Equal(whole.OrderBy(s => s.Sequence).Select(s => s.Id), whole.Select(s => s.Id));
    }

    [Theory]
    [InlineData("audio/pcm;rate=16000;channels=1", 7_000)]
    [InlineData("audio/pcm;rate=8000;channels=2", 5_003)]
    [InlineData("audio/pcm;rate=44100", 60_001)]
    public void Whoever_resumes_at_a_recorded_position_makes_the_same_segments_with_the_same_names(string contentType, int most)
    {
        var type = Type(contentType);
        var bursts = TestAudio.Bursts(25, rateHz: type.RateHz);
        var messages = Cut(Bytes([.. bursts.SelectMany(s => Enumerable.Repeat(s, type.Channels))]), seed: 4, most);
        var positions = new List<StreamPosition>();
        var whole = Run(new PcmStream(type, 1, 0), messages, stream => positions.Add(stream.Position));
        var known = whole.ToDictionary(s => s.Id, s => Convert.ToHexString(s.Pcm.Span));
        Assert.True(positions.Distinct().Count() > 3);
        foreach (var position in positions.Distinct())
        {
            var rest = messages.Where(m => !position.Covers(m.Offset, m.Value!.Length)).ToArray();
            if (rest.Length == 0)
                continue;
            var again = Run(new PcmStream(type, 2, rest[0].Offset == position.Offset ? position.Byte : 0, position.Voice), rest);
            Assert.All(again, s => Assert.Equal(known[s.Id], Convert.ToHexString(s.Pcm.Span)));
            Assert.Equal(whole[^again.Count..].Select(s => s.Id), again.Select(s => s.Id));
        }
    }

    [Fact]
    public void Only_messages_before_the_open_segment_are_released()
    {
        var messages = Cut(Bytes(TestAudio.Bursts(10)), seed: 2, most: 9_000);
        var stream = new PcmStream(Mono16, 1, 0);
        var released = new List<ConsumedMessage>();
        foreach (var message in messages)
        {
            stream.Push(message);
            var position = stream.Position;
            released.AddRange(stream.Release(ended: false));
            var covered = messages.Where(m => m.Offset <= message.Offset && position.Covers(m.Offset, m.Value!.Length));
            Assert.Equal(covered.Select(m => m.Offset), released.Select(r => r.Offset));
        }
        stream.Flush();
        released.AddRange(stream.Release(ended: true));
        Assert.Equal(messages.Select(m => m.Offset), released.Select(r => r.Offset));
    }

    [Fact]
    public void One_message_that_opts_out_takes_every_segment_that_holds_a_sample_of_it_out_of_training()
    {
        var samples = TestAudio.Bursts(15);
        var third = samples.Length / 3;
        var segments = Run(new PcmStream(Mono16, 1, 0),
            [
                Message(1, Bytes(samples.AsSpan(0, third))),
                Message(2, Bytes(samples.AsSpan(third, third)), optOut: true),
                Message(3, Bytes(samples.AsSpan(2 * third))),
            ]);
        Assert.False(segments[0].TrainOptOut);
        Assert.False(segments[^1].TrainOptOut);
        foreach (var (segment, next) in segments.Zip(segments.Skip(1)))
        {
            var (own, following) = (segment.Id.Split('/')[2], next.Id.Split('/'));
            var reaches = own == "2" || (own == "1" && (following[2] == "2" && following[3] != "0" || following[2] == "3"));
            Assert.Equal(reaches, segment.TrainOptOut);
        }
    }

    [Fact]
    public void The_time_of_a_segment_is_its_first_sample_s()
    {
        var segments = Run(new PcmStream(Mono16, 1, 0), [Message(1, Bytes(TestAudio.Bursts(6)), time: "2026-01-02T03:04:05Z")]);
        var start = DateTimeOffset.Parse("2026-01-02T03:04:05Z");
        Assert.All(segments, s => Assert.Equal(start.AddSeconds(long.Parse(s.Id.Split('/')[3]) / 16_000.0), s.Time));
    }

    [Fact]
    public void Hours_of_silence_hold_no_message_back()
    {
        var stream = new PcmStream(Mono16, 1, 0);
        for (var second = 0; second < 3_600; second++)
        {
            Assert.Empty(stream.Push(Message(second, new byte[32_000])));
            if (stream.HasMoved)
                Assert.NotEmpty(stream.Release(ended: false));
        }
        Assert.InRange(stream.Release(ended: false).Count, 0, 10);
    }
}
