using System.Runtime.InteropServices;
using System.Text;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

public sealed class WrappingTests
{
    static readonly byte[] Audio = MemoryMarshal.AsBytes<short>(TestAudio.Bursts(1)).ToArray();

    public static TheoryData<string, string> Wrapped()
    {
        var payload = Convert.ToBase64String(Audio);
        return new()
        {
            { payload, "base64" },
            { $"\"{payload}\"", "base64" },
            { Convert.ToBase64String(Audio, Base64FormattingOptions.InsertLineBreaks) + "\r\n", "base64" },
            { Convert.ToHexString(Audio), "base64" },
            { $"data:audio/wav;base64,{payload}", "data URL" },
            { $$"""{ "event": "media", "streamSid": "MZ1", "media": { "track": "inbound", "payload": "{{payload}}" } }""", "JSON" },
            { $"\uFEFF {{ \"audio\" : \"{payload}\" }}\n", "JSON" },
            { $"[{{\"data\":\"{payload}\"}}]", "JSON" },
        };
    }

    [Theory]
    [MemberData(nameof(Wrapped))]
    public void Audio_inside_text_is_named(string text, string expected) =>
        Assert.Contains(expected, Wrapping.Problem(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Audio_is_not_taken_for_text()
    {
        Assert.Null(Wrapping.Problem(Audio));
        Assert.Null(Wrapping.Problem(TestAudio.Wav(TestAudio.Bursts(1))));
        Assert.Null(Wrapping.Problem([.. Enumerable.Repeat((byte)0x55, 160)])); // A-law of a pause
        Assert.Null(Wrapping.Problem([(byte)'{', .. Enumerable.Repeat((byte)0xfe, 158), (byte)'}'])); // mu-law of a quiet line
        Assert.Null(Wrapping.Problem([]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(3_244u)] // the file's size
    public void The_header_before_a_block_is_read_whatever_size_it_claims(uint? claimed)
    {
        var block = WavBlock.TryRead(TestAudio.Wav(new short[1_600], rateHz: 8_000, claimedDataBytes: claimed));
        Assert.Equal((44, 3_200, 8_000, 1), (block!.FirstByte, block.Bytes, block.Type.RateHz, block.Type.Channels));
        Assert.True(block.IsShort);
    }

    [Fact]
    public void What_is_no_wav_of_16_bits_is_no_block()
    {
        var wav = TestAudio.Wav(new short[1_600]);
        Assert.Null(WavBlock.TryRead(wav.AsSpan(0, 30)));
        Assert.Null(WavBlock.TryRead(Audio));
        wav[34] = 8; // bits
        Assert.Null(WavBlock.TryRead(wav));
        for (var length = 0; length < 60; length++)
            WavBlock.TryRead(wav.AsSpan(0, length));
    }
}
