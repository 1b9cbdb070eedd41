using Prometheus;
using Ssl.Ingest.Clips;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>Clips that are not as they should be: used, and counted.</summary>
public sealed class ClipProcessorTests
{
    static readonly short[] Speech = TestAudio.Bursts(3);

    static ConsumedMessage Message(byte[] audio) => new("audio.raw", 0, 1, null, audio, [], DateTimeOffset.UnixEpoch);

    static async Task<(int Segments, string? Refusal)> ProcessAsync(byte[] audio, IngestOptions? options = null)
    {
        var processor = new ClipProcessor((options ?? new()).Limits);
        var (segments, refusal) = await processor.ProcessAsync(Message(audio), TestContext.Current.CancellationToken);
        return (segments.Count, refusal is null ? null : $"{refusal.Label}: {refusal.Detail}");
    }

    [Fact]
    public async Task A_clip_that_is_cut_off_is_used_and_counted_or_refused()
    {
        var (cut, before) = (TestAudio.Wav(Speech)[..^40_000], IngestMetrics.Truncated.Value);
        Assert.NotEqual(0, (await ProcessAsync(cut)).Segments);
        Assert.True(IngestMetrics.Truncated.Value > before);
        var (segments, refusal) = await ProcessAsync(cut, new IngestOptions { Truncated = TruncatedAudio.Refuse });
        Assert.Equal(0, segments);
        Assert.Matches(@"^truncated: \d+\.\d% of the audio is missing", refusal);
    }

    [Fact]
    public async Task Channels_that_cancel_are_used_and_counted()
    {
        Counter.Child counted = IngestMetrics.Faults.WithLabels("cancelling_channels");
        var before = counted.Value;
        Assert.NotEqual(0, (await ProcessAsync(TestAudio.Wav([.. Speech.SelectMany(s => new[] { s, (short)-s })], channels: 2))).Segments);
        Assert.True(counted.Value > before);
    }

    [Fact]
    public async Task What_a_phone_records_is_used_or_refused_by_the_name_of_what_is_missing()
    {
        var phone = FfmpegProgram.Encode(Speech, "-c:a aac OUT.m4a");
        Assert.NotEqual(0, (await ProcessAsync(phone)).Segments);
        Assert.StartsWith("ffmpeg_missing: Mp4 is read by ffmpeg",
            (await ProcessAsync(phone, new IngestOptions { UseFfmpeg = false })).Refusal);
    }
}
