using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>Recordings that are transcribed while they are decoded.</summary>
public sealed class LongRecordingTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;
    static readonly byte[] TwentyMinutes = TestSoundFile.Encode(TestAudio.Bursts(10), TestSoundFile.Flac, times: 60);

    [Fact]
    public async Task The_first_delta_comes_while_most_is_not_decoded_and_pieces_join_without_loss()
    {
        using var rest = new SemaphoreSlim(1);
        var runs = 0;
        await using var server = await TestServer.StartAsync(new ServingOptions { Workers = 2 });
        server.Slot.Swap(new FakeModel(7, () =>
        {
            rest.Wait(Ct);
            Interlocked.Increment(ref runs);
        }).Model);
        using var response = await StreamAsync(server, TwentyMinutes);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        Assert.Contains("version 7", await reader.ReadLineAsync(Ct));
        Assert.InRange(server.Queue.WaitingSeconds, 900, 1200); // what is not decoded counts as well
        rest.Release(100_000);
        var events = await reader.ReadToEndAsync(Ct);
        var pieces = Pieces(TwentyMinutes);
        Assert.Equal(string.Join(' ', pieces.Select(_ => "version 7")),
            events[(events.LastIndexOf("\"text\":\"", StringComparison.Ordinal) + 8)..].Split('"')[0]);
        Assert.Contains("\"seconds\":1200", events);
    }

    [Fact]
    public async Task A_short_request_takes_turns_with_a_long_one()
    {
        var turns = new System.Collections.Concurrent.ConcurrentQueue<int>();
        using var begin = new ManualResetEventSlim();
        await using var server = await TestServer.StartAsync(new ServingOptions { Workers = 1 });
        server.Slot.Swap(new FakeModel(7, () => begin.Wait(Ct)) { Heard = turns.Enqueue }.Model);
        var hour = server.TranscribeAsync(TwentyMinutes);
        while (server.Queue.Length == 0)
            await Task.Delay(5, Ct);
        var shortOne = server.TranscribeAsync(TestAudio.Wav(new short[3 * 16_000 + 1]));
        while (server.Queue.Length < 2)
            await Task.Delay(5, Ct);
        begin.Set();
        (await shortOne).EnsureSuccessStatusCode();
        Assert.InRange(turns.TakeWhile(samples => samples != 3 * 16_000 + 1).Count(), 0, 8); // of 200: the batch that ran, and a turn
        (await hour).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_client_that_has_gone_costs_nothing_more()
    {
        var runs = 0;
        using var rest = new SemaphoreSlim(1);
        await using var server = await TestServer.StartAsync(new ServingOptions { Workers = 1 });
        server.Slot.Swap(new FakeModel(7, () =>
        {
            rest.Wait(Ct);
            Interlocked.Increment(ref runs);
        }).Model);
        using (var response = await StreamAsync(server, TwentyMinutes))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
            await reader.ReadLineAsync(Ct);
        }
        while (server.Queue.Length > 0) // the connection is closed
            await Task.Delay(5, Ct);
        rest.Release(100_000);
        server.Slot.Swap(new FakeModel(8).Model);
        (await server.TranscribeAsync(TestAudio.Wav(new short[16_000]))).EnsureSuccessStatusCode(); // the worker is free
        Assert.InRange(runs, 1, 2); // the piece that ran when the client went
    }

    [Fact]
    public async Task What_is_found_out_later_is_said_in_the_last_event()
    {
        await using var server = await TestServer.StartAsync();
        server.Slot.Swap(new FakeModel(7).Model);
        using var response = await StreamAsync(server, TwentyMinutes[..^2000]);
        var events = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains("\"audio_warning\":\"truncated; ", events);
        using var whole = await server.TranscribeAsync(TwentyMinutes[..^2000]);
        Assert.StartsWith("truncated; ", Assert.Single(whole.Headers.GetValues("x-audio-warning")));
    }

    static List<CutSegment> Pieces(byte[] file)
    {
        var cutter = new SilenceCutter();
        var samples = AudioDecoder.Decode(file, null, new DecodeLimits { MaxSeconds = 3600 }).Samples;
        List<CutSegment> pieces = [.. cutter.Push(samples), .. cutter.Flush() is { } last ? [last] : (CutSegment[])[]];
        Assert.True(AudioFormat.SecondsOf(samples.Length) > 1100);
        return pieces;
    }

    static Task<HttpResponseMessage> StreamAsync(TestServer server, byte[] file)
    {
        var form = TestServer.Form(file);
        form.Add(new StringContent("ssl"), "model");
        form.Add(new StringContent("true"), "stream");
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/audio/transcriptions") { Content = form };
        return server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }
}
