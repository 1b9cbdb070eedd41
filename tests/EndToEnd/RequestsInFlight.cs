using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Ssl.EndToEnd;

/// <summary>Clients that send one request after the other for as long as the test runs, and keep every answer.</summary>
sealed class RequestsInFlight(Uri server, IReadOnlyList<string> files) : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    readonly HttpClient http = new() { BaseAddress = server, Timeout = Limit };
    readonly CancellationTokenSource ending = new();
    readonly List<Task> clients = [];

    public ConcurrentQueue<Answer> Answers { get; } = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Requests that were told to come back because no recognizer served yet.</summary>
    public int NotYet { get; private set; }

    public void Start(int count)
    {
        for (var client = 0; client < count; client++)
            clients.Add(Task.Run(() => SendAsync(seed: client, ending.Token)));
    }

    /// <summary>Lets the requests under way end, and sends no more.</summary>
    public async Task StopAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(clients);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        http.Dispose();
        ending.Dispose();
    }

    async Task SendAsync(int seed, CancellationToken ct)
    {
        var random = new Random(seed);
        var served = false;
        while (!ct.IsCancellationRequested)
        {
            var file = files[random.Next(files.Count)];
            try
            {
                // Not cancelled with the test: a request under way at its end must still be answered.
                var answer = await TranscribeAsync(http, file, CancellationToken.None);
                if (answer is null && served)
                    Failures.Enqueue($"{file}: 503 although a recognizer had served");
                else if (answer is null)
                    NotYet++;
                else
                    Answers.Enqueue(answer);
                served |= answer is not null;
            }
            catch (Exception e)
            {
                Failures.Enqueue($"{file}: {e.Message}");
            }
            await Task.Delay(100, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One request; null when it was told to come back later.</summary>
    public static async Task<Answer?> TranscribeAsync(HttpClient http, string file, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(file, ct)), "file", Path.GetFileName(file) },
            { new StringContent("ssl"), "model" },
        };
        using var response = await http.PostAsync("v1/audio/transcriptions", form, ct);
        var body = await response.Content.ReadAsStringAsync(ct);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter is not null)
            return null;
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        var version = int.Parse(response.Headers.GetValues("x-model-version").Single());
        return new Answer(file, JsonDocument.Parse(body).RootElement.GetProperty("text").GetString()!, version);
    }

    /// <param name="Version">The recognizer that the answer names.</param>
    public sealed record Answer(string File, string Text, int Version);
}
