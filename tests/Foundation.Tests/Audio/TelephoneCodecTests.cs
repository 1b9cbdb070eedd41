using NAudio.Codecs;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Headerless A-law, mu-law and G.722 under the names that telephone systems use.</summary>
public sealed class TelephoneCodecTests
{
    static readonly short[] Samples = TestAudio.Bursts(1, rateHz: 8_000);

    static DecodeResult Decode(byte[] bytes, string contentType) => AudioDecoder.Decode(bytes, contentType, DecodeLimits.Default);

    [Theory]
    [InlineData("audio/PCMU", 8_000)]
    [InlineData("audio/PCMU;rate=8000", 8_000)]
    [InlineData("audio/x-mulaw;rate=16000", 16_000)]
    [InlineData("audio/basic", 8_000)]
    public void Mu_law_is_read(string contentType, int rateHz) =>
        AssertLike(Decode([.. Samples.Select(MuLawEncoder.LinearToMuLawSample)], contentType), rateHz);

    [Theory]
    [InlineData("audio/PCMA", 8_000)]
    [InlineData("audio/PCMA;rate=16000", 16_000)]
    [InlineData("audio/x-alaw-basic", 8_000)]
    [InlineData("audio/x-alaw", 8_000)]
    public void A_law_is_read(string contentType, int rateHz) =>
        AssertLike(Decode([.. Samples.Select(ALawEncoder.LinearToALawSample)], contentType), rateHz);

    [Theory]
    [InlineData("audio/G722")]
    [InlineData("audio/G722;rate=8000")]
    public void G722_is_of_16_kilohertz_whatever_its_rate_says(string contentType)
    {
        var wide = TestAudio.Bursts(1);
        var coded = new byte[wide.Length / 2];
        new G722Codec().Encode(new G722CodecState(64_000, G722Flags.None), coded, wide, wide.Length);
        var decoded = Decode(coded, contentType);
        Assert.Equal((16_000, wide.Length), (decoded.SourceRateHz, decoded.Samples.Length));
        Assert.InRange(decoded.Samples.Max(s => (int)s), 7_500, 9_500);
    }

    [Theory]
    [InlineData("audio/PCMA;rate=0")]
    [InlineData("audio/PCMU;channels=9")]
    [InlineData("audio/PCMA;bits=16")]
    public void Impossible_parameters_are_refused(string contentType) =>
        Assert.Equal(RejectReason.UnsupportedContentType, Decode(new byte[8_000], contentType).Reason);

    static void AssertLike(DecodeResult decoded, int rateHz)
    {
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(Samples.Length / (double)rateHz, decoded.DurationSeconds, 3);
        Assert.InRange(decoded.Samples.Max(s => (int)s), 7_500, 9_500);
    }
}
