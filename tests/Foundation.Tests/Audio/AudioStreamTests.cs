using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Decoding while the recording is used: the same samples as at once, a few windows ahead of the reader.</summary>
public sealed class AudioStreamTests
{
    static readonly DecodeLimits Limits = new() { MaxSeconds = 3600 };
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestSoundFile.WavPcm16, 44_100, 1)]
    [InlineData(TestSoundFile.Flac, 16_000, 2)]
    [InlineData(TestSoundFile.Opus, 48_000, 2)]
    public async Task Windows_are_what_is_decoded_at_once(int format, int rateHz, int channels)
    {
        var bytes = TestSoundFile.Encode(Speech(rateHz, channels), format, rateHz, channels, times: 14);
        await using var stream = AudioStream.Start(bytes, null, Limits, Ct);
        await stream.Begun;
        Assert.Null(stream.Result); // 140 s: it waits for the reader
        var windows = await ReadAsync(stream);
        var whole = AudioDecoder.Decode(bytes, null, Limits);
        Assert.True(windows.Count > 3);
        Assert.Equal(whole.Samples, windows.SelectMany(w => w));
        Assert.Equal((true, whole.SampleCount), (stream.Result!.Ok, stream.Result.SampleCount));
        Assert.Equal(whole.DurationSeconds, stream.ExpectedSeconds!.Value, 1);
    }

    [Fact]
    public async Task What_fits_into_a_window_is_judged_as_a_whole()
    {
        var cancelling = Speech(16_000, 1).SelectMany(s => new[] { s, (short)-s }).ToArray();
        var bytes = TestAudio.Wav(cancelling, channels: 2);
        await using var stream = AudioStream.Start(bytes, null, Limits, Ct);
        await stream.Begun;
        Assert.Equal(AudioFaults.CancellingChannels, stream.Result!.Faults & AudioFaults.CancellingChannels);
        Assert.Equal(AudioDecoder.Decode(bytes, null, Limits).Samples, (await ReadAsync(stream)).Single());
    }

    [Fact]
    public async Task A_channel_that_speaks_later_is_heard()
    {
        var (silence, speech) = (new short[60 * 16_000], Speech(16_000, 1));
        short[] left = [.. speech, .. silence], right = [.. silence, .. speech];
        var bytes = TestAudio.Wav(left.Zip(right).SelectMany(p => new[] { p.First, p.Second }).ToArray(), channels: 2);
        await using var stream = AudioStream.Start(bytes, null, Limits, Ct);
        var samples = (await ReadAsync(stream)).SelectMany(w => w).ToArray();
        Assert.Equal(left.Length, samples.Length);
        Assert.True(samples[..speech.Length].Max(s => (int)s) > 6000);
        Assert.True(samples[^speech.Length..].Max(s => (int)s) > 6000);
    }

    [Fact]
    public async Task Raw_samples_and_what_ffmpeg_reads_come_in_windows_too()
    {
        var speech = Enumerable.Repeat(Speech(16_000, 1), 10).SelectMany(s => s).ToArray();
        var raw = System.Runtime.InteropServices.MemoryMarshal.AsBytes(speech.AsSpan()).ToArray();
        await using var stream = AudioStream.Start(raw, "audio/pcm;rate=16000;channels=1", Limits, Ct);
        Assert.Equal(speech, (await ReadAsync(stream)).SelectMany(w => w));
        var webm = FfmpegProgram.Encode(speech, "-c:a libopus OUT.webm");
        await using var other = AudioStream.Start(webm, null, Limits, Ct);
        var windows = await ReadAsync(other);
        Assert.True(windows.Count > 1);
        Assert.Equal(AudioDecoder.Decode(webm, null, Limits).Samples, windows.SelectMany(w => w));
    }

    [Fact]
    public async Task What_is_refused_is_refused_before_the_first_window_where_the_header_tells()
    {
        var bytes = TestSoundFile.Encode(Speech(16_000, 1), TestSoundFile.Flac, times: 14);
        await using var stream = AudioStream.Start(bytes, null, new DecodeLimits { MaxSeconds = 100 }, Ct);
        Assert.Empty(await ReadAsync(stream));
        Assert.Equal(RejectReason.TooLong, stream.Result!.Reason);
        var part = bytes.AsMemory(0, bytes.Length - 1000);
        await using var cut = AudioStream.Start(part, null, Limits with { Truncated = TruncatedAudio.Refuse }, Ct);
        Assert.Empty(await ReadAsync(cut));
        Assert.Equal(RejectReason.Truncated, cut.Result!.Reason);
        await using var used = AudioStream.Start(part, null, Limits, Ct);
        Assert.NotEmpty(await ReadAsync(used));
        Assert.NotNull(used.Result!.Truncation);
    }

    [Fact]
    public async Task Nobody_reads_and_the_decoding_ends()
    {
        var bytes = TestSoundFile.Encode(Speech(16_000, 1), TestSoundFile.Flac, times: 20);
        var stream = AudioStream.Start(bytes, null, Limits, Ct);
        await stream.Begun;
        await stream.DisposeAsync();
        Assert.Null(stream.Result);
    }

    static async Task<List<short[]>> ReadAsync(AudioStream stream)
    {
        var windows = new List<short[]>();
        await foreach (var window in stream.WindowsAsync(Ct))
            windows.Add(window);
        return windows;
    }

    /// <summary>Ten seconds, interleaved.</summary>
    static short[] Speech(int rateHz, int channels) =>
        [.. TestAudio.Bursts(5, rateHz: rateHz).SelectMany(s => Enumerable.Repeat(s, channels))];
}
