using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Live;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Benchmarks;

/// <summary>
/// How far the text of live sessions is behind the speech: read speech is played over real sockets at the speed of speech. A word's delay
/// counts from its end, as the final text aligns with the audio, to the delta that holds it; the final text's from
/// <c>speech_stopped</c>.
/// </summary>
static class LiveDelays
{
    const int PieceSamples = AudioFormat.SampleRateHz / 10;
    const double PauseSeconds = 1;
    const double SecondsASession = 60;
    const string Transcription = "conversation.item.input_audio_transcription.";

    public static async Task PrintAsync(Recognizer recognizer, string work)
    {
        var workers = Environment.ProcessorCount;
        await using var app = await ServeAsync(recognizer, work, workers);
        var recordings = LiveModel.Recordings("test").Select(r => r.Samples.ToArray()).ToArray();
        foreach (var sessions in (int[])[1, 8])
        {
            var (before, clock) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
            var played = await Task.WhenAll(
                Enumerable.Range(0, sessions).Select(i => PlayAsync(app.Urls.First(), Audio(recordings, i), i)));
            var cores = (Process.GetCurrentProcess().TotalProcessorTime - before) / clock.Elapsed;
            var words = played.SelectMany(p => p.WordDelays(recognizer)).ToArray();
            Console.WriteLine($"live, {sessions} session{(sessions == 1 ? "" : "s")} of {SecondsASession:0} s, {workers} workers: "
                + $"words behind their speech {Figures(words)}; "
                + $"final text after speech_stopped {Figures(played.SelectMany(p => p.FinalDelays()))}; "
                + $"{cores:0.00} cores, the clients' share included");
        }
    }

    static async Task<WebApplication> ServeAsync(Recognizer recognizer, string work, int workers)
    {
        var app = ServingBench.Build(ServingBench.Registry(work), workers);
        await app.StartAsync();
        app.Services.GetRequiredService<TranscriptionWorkers>().Start();
        app.Services.GetRequiredService<ServingSlot>().Swap(new ServingModel(1, 1, recognizer.Transcribe, Stream.Null)
        {
            Listen = context => recognizer.Listen(context).Hear,
        });
        return app;
    }

    /// <summary>A session's recordings, one behind the other with pauses of faint noise.</summary>
    static short[] Audio(short[][] recordings, int session)
    {
        var (random, samples) = (new Random(session), new List<short>());
        for (var i = session; AudioFormat.SecondsOf(samples.Count) < SecondsASession; i += 8)
        {
            samples.AddRange(Enumerable.Range(0, (int)(PauseSeconds * AudioFormat.SampleRateHz)).Select(_ => (short)random.Next(-8, 9)));
            samples.AddRange(recordings[i % recordings.Length]);
        }
        samples.AddRange(new short[2 * AudioFormat.SampleRateHz]);
        return [.. samples];
    }

    static async Task<Played> PlayAsync(string server, short[] audio, int session)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(server.Replace("http", "ws") + "/v1/realtime?intent=transcription"), default);
        var input = new { format = new { type = "audio/pcm", rate = AudioFormat.SampleRateHz } };
        await SendAsync(socket, new { type = "session.update", session = new { type = "transcription", audio = new { input } } });
        var played = new Played(audio);
        var reading = played.ReadAsync(socket);
        await Task.Delay(TimeSpan.FromSeconds(session * 0.137)); // sessions do not step in time
        played.Started = Stopwatch.GetTimestamp();
        foreach (var (index, piece) in audio.Chunk(PieceSamples).Index())
        {
            var due = TimeSpan.FromSeconds((index + 1) * 0.1) - Stopwatch.GetElapsedTime(played.Started);
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
            await SendAsync(socket, new
            {
                type = "input_audio_buffer.append",
                audio = Convert.ToBase64String(MemoryMarshal.AsBytes<short>(piece)),
            });
        }
        await Task.Delay(TimeSpan.FromSeconds(5)); // for the last text
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default);
        await reading;
        return played;
    }

    static Task SendAsync<T>(ClientWebSocket socket, T message) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, default);

    static string Figures(IEnumerable<double> delays)
    {
        var sorted = delays.Order().ToArray();
        return sorted.Length == 0 ? "none" : $"median {sorted[sorted.Length / 2]:0.00} s, p95 {sorted[sorted.Length * 95 / 100]:0.00} s "
            + $"({sorted.Length})";
    }

    /// <summary>What a session has sent, and when.</summary>
    sealed class Played(short[] audio)
    {
        readonly List<(JsonElement Event, double Seconds)> events = [];

        public long Started { get; set; } = Stopwatch.GetTimestamp();

        public async Task ReadAsync(ClientWebSocket socket)
        {
            var (buffer, message) = (new byte[16 * 1024], new MemoryStream());
            while (await socket.ReceiveAsync(buffer.AsMemory(), default) is { MessageType: not WebSocketMessageType.Close } part)
            {
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                events.Add((JsonDocument.Parse(message.ToArray()).RootElement, Stopwatch.GetElapsedTime(Started).TotalSeconds));
                message.SetLength(0);
            }
        }

        public IEnumerable<double> FinalDelays() => Of(Transcription + "completed").Select(e => e.Seconds
            - Of("input_audio_buffer.speech_stopped").First(s => Text(s.Event, "item_id") == Text(e.Event, "item_id")).Seconds);

        public IEnumerable<double> WordDelays(Recognizer recognizer)
        {
            foreach (var (completed, _) in Of(Transcription + "completed").Where(e => Text(e.Event, "transcript").Length > 0))
            {
                var item = Text(completed, "item_id");
                var (start, end) = (Sample("speech_started", "audio_start_ms", item), Sample("speech_stopped", "audio_end_ms", item));
                if (recognizer.Align([audio.AsMemory(start..end)], [Text(completed, "transcript")])[0] is not { } aligned)
                    continue;
                var arrivals = Of(Transcription + "delta").Where(d => Text(d.Event, "item_id") == item).SelectMany(d =>
                    Text(d.Event, "delta").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(_ => d.Seconds));
                foreach (var (word, arrival) in aligned.Words.Zip(arrivals))
                    yield return arrival - (start / (double)AudioFormat.SampleRateHz + word.EndSeconds);
            }
        }

        IEnumerable<(JsonElement Event, double Seconds)> Of(string type) => events.Where(e => Text(e.Event, "type") == type);

        int Sample(string type, string field, string item) => (int)Math.Min(audio.Length, AudioFormat.SampleRateHz / 1000
            * Of("input_audio_buffer." + type).First(e => Text(e.Event, "item_id") == item).Event.GetProperty(field).GetInt64());

        static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
    }
}
