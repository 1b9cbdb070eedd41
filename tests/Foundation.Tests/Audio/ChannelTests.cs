using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Channels whose average would lose what was said.</summary>
public sealed class ChannelTests
{
    static readonly short[] Speech = TestAudio.Bursts(3);

    static DecodeResult Decode(params short[][] channels)
    {
        var interleaved = Enumerable.Range(0, channels[0].Length).SelectMany(i => channels.Select(c => c[i])).ToArray();
        var wav = AudioDecoder.Decode(TestAudio.Wav(interleaved, channels: (short)channels.Length), null, DecodeLimits.Default);
        Assert.True(wav.Ok, wav.Detail);
        if (channels.Length <= DecodeLimits.MaxChannels)
        {
            var raw = AudioDecoder.Decode(System.Runtime.InteropServices.MemoryMarshal.AsBytes<short>(interleaved).ToArray(),
                $"audio/pcm;rate=16000;channels={channels.Length}", DecodeLimits.Default);
            Assert.Equal(wav.Samples, raw.Samples);
        }
        return wav;
    }

    static short[] Scaled(double gain) => [.. Speech.Select(s => (short)Math.Clamp(s * gain, short.MinValue, short.MaxValue))];

    static short[] Noise(int level, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Speech.Select(_ => (short)random.Next(-level, level + 1))];
    }

    static double Power(IEnumerable<short> samples) => samples.Average(s => (double)s * s);

    /// <summary>1: the speech alone, whatever its gain.</summary>
    static double Likeness(short[] heard) =>
        Speech.Zip(heard, (a, b) => (double)a * b).Sum() / Math.Sqrt(Power(Speech) * Power(heard)) / Speech.Length;

    [Fact]
    public void Ordinary_stereo_is_averaged()
    {
        var decoded = Decode(Speech, Speech);
        Assert.Equal(AudioFaults.None, decoded.Faults);
        Assert.Equal(Speech, decoded.Samples);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-0.7)]
    public void Channels_that_cancel_are_heard_from_the_stronger_one(double gain)
    {
        var decoded = Decode(Speech, Scaled(gain));
        Assert.Equal(AudioFaults.CancellingChannels, decoded.Faults);
        Assert.Equal(Speech, decoded.Samples);
    }

    [Fact]
    public void Channels_that_cancel_for_a_part_are_heard()
    {
        short[] half = [.. Speech.Select((s, i) => i < Speech.Length / 2 ? s : (short)-s)];
        Assert.True(Power(Decode(Speech, half).Samples) > 0.95 * Power(Speech));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Silent_channels_do_not_make_the_others_quiet(int channels)
    {
        var decoded = Decode([Speech, .. Enumerable.Repeat(new short[Speech.Length], channels - 1)]);
        Assert.Equal(AudioFaults.SilentChannel, decoded.Faults);
        Assert.Equal(Speech, decoded.Samples);
        Assert.Equal(Speech, Decode([new short[Speech.Length], Speech]).Samples);
    }

    [Fact]
    public void Six_channels_without_relation_are_averaged()
    {
        short[][] channels = [.. Enumerable.Range(0, 6).Select(seed => TestAudio.Bursts(3, seed: seed + 10))];
        Assert.Equal(AudioFaults.None, Decode(channels).Faults);
    }

    [Fact]
    public void A_quiet_speaker_beside_a_loud_one_is_mixed_by_power()
    {
        var quiet = TestAudio.Bursts(3, seed: 5).Select(s => (short)(s / 10)).ToArray();
        var decoded = Decode(Speech, quiet);
        Assert.Equal(AudioFaults.UnevenChannels, decoded.Faults);
        Assert.InRange(Likeness(decoded.Samples), 0.5, 0.85); // both are there
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(200)]
    public void Steady_noise_on_the_other_channel_is_left_out(int level)
    {
        var decoded = Decode(Speech, Noise(level));
        Assert.True(decoded.Faults.HasFlag(AudioFaults.UnevenChannels));
        Assert.Equal(Speech, decoded.Samples);
    }

    [Fact]
    public void A_clipped_channel_is_left_for_a_clean_one()
    {
        var decoded = Decode(Scaled(20), Speech);
        Assert.True(decoded.Faults.HasFlag(AudioFaults.Clipped));
        Assert.Equal(Speech, decoded.Samples);
    }

    [Fact]
    public void A_recording_that_is_clipped_throughout_is_used_and_says_so() =>
        Assert.Equal(AudioFaults.Clipped, Decode(Scaled(20)).Faults);

    [Theory]
    [InlineData(3_000)]
    [InlineData(-9_000)]
    public void An_offset_is_removed(int offset)
    {
        var decoded = Decode([.. Speech.Select(s => (short)(s + offset))]);
        Assert.Equal(AudioFaults.DcOffset, decoded.Faults);
        Assert.InRange(decoded.Samples.Average(s => s), -20, 20);
        Assert.InRange(Likeness(decoded.Samples), 0.99, 1);
        Assert.NotEmpty(new SilenceCutter().Push(decoded.Samples)); // with the offset nothing is a pause
    }

    [Fact]
    public void Offsets_of_the_channels_do_not_count_as_their_power()
    {
        var decoded = Decode([.. Speech.Select(s => (short)(s + 9_000))], Enumerable.Repeat((short)12_000, Speech.Length).ToArray());
        Assert.True(decoded.Faults.HasFlag(AudioFaults.SilentChannel));
        Assert.InRange(Likeness(decoded.Samples), 0.99, 1);
    }

    [Fact]
    public void Silence_is_silence() => Assert.Equal(AudioFaults.None, Decode(new short[16_000], new short[16_000]).Faults);
}
