using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ssl.Benchmarks;

/// <summary>An answer to a client.</summary>
/// <param name="Ended">Timestamp of <see cref="Stopwatch"/>, which is the same clock in all processes.</param>
/// <param name="Version">0: none was named.</param>
/// <param name="Text">Null: the request failed.</param>
sealed record ClientAnswer(long Ended, double Seconds, int Version, string? Text);

/// <summary>Eight clients that each send one request after the other: a second of noise.</summary>
sealed class SwapClients(Uri server)
{
    const int Count = 8;
    const string PcmType = "audio/pcm;rate=16000;channels=1";

    readonly byte[] pcm = MemoryMarshal.AsBytes<short>(Clip()).ToArray();
    readonly ConcurrentQueue<ClientAnswer> answers = new();
    readonly CancellationTokenSource ending = new();
    Task[] clients = [];

    public static short[] Clip()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 16_000).Select(_ => (short)random.Next(-3000, 3000))];
    }

    /// <summary>Completes when so many requests are answered.</summary>
    public async Task StartAsync(int warmUpAnswers)
    {
        clients = [.. Enumerable.Range(0, Count).Select(_ => Task.Run(SendAsync))];
        while (answers.Count < warmUpAnswers)
            await Task.Delay(10);
    }

    /// <summary>Lets each finish its request.</summary>
    public async Task<IReadOnlyList<ClientAnswer>> EndAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(clients);
        ending.Dispose();
        return [.. answers];
    }

    async Task SendAsync()
    {
        using var http = new HttpClient { BaseAddress = server };
        while (!ending.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var (version, text) = (0, default(string));
            try
            {
                (version, text) = await TranscribeAsync(http);
            }
            catch (HttpRequestException)
            {
                // no answer: counted as a failure
            }
            answers.Enqueue(new(Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(started).TotalSeconds, version, text));
        }
    }

    async Task<(int Version, string? Text)> TranscribeAsync(HttpClient http)
    {
        var file = new ByteArrayContent(pcm) { Headers = { ContentType = MediaTypeHeaderValue.Parse(PcmType) } };
        using var form = new MultipartFormDataContent { { file, "file", "a.pcm" }, { new StringContent("ssl"), "model" } };
        using var response = await http.PostAsync("v1/audio/transcriptions", form);
        if (!response.IsSuccessStatusCode)
            return (0, null);
        var version = int.Parse(response.Headers.GetValues("x-model-version").Single(), CultureInfo.InvariantCulture);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        return (version, body.RootElement.GetProperty("text").GetString());
    }
}
