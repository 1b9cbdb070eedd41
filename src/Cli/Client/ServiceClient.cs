using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Cli.Client;

/// <summary>Client of a running service's HTTP contract. An error answer, or none in time, is an <see cref="IOException"/>.</summary>
/// <param name="key">Sent with every request; null: none.</param>
sealed class ServiceClient(Uri server, TimeSpan timeout, string? key = null) : IDisposable
{
    const string NothingHere = "there is nothing at this path; is it a process that serves (Transcriber:Role=All or Serve)?";

    readonly HttpClient http = new()
    {
        BaseAddress = server,
        Timeout = timeout,
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    public Uri Server => server;

    /// <summary>Sends one file to <c>/v1/audio/transcriptions</c>.</summary>
    /// <param name="format">The contract's <c>response_format</c>.</param>
    public async Task<ServiceAnswer> TranscribeAsync(string path, string model, string format, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(path, ct)), "file", Path.GetFileName(path) },
            { new StringContent(model), "model" },
            { new StringContent(format), "response_format" },
        };
        return await AnswerAsync(http.PostAsync("v1/audio/transcriptions", form, ct), ct);
    }

    /// <summary>The list of <c>/v1/models</c>.</summary>
    public async Task<JsonDocument> ModelsAsync(CancellationToken ct) =>
        JsonDocument.Parse((await AnswerAsync(http.GetAsync("v1/models", ct), ct)).Body);

    /// <summary>The answer of <c>/admin/labels/next</c>.</summary>
    public async Task<string> LabelsNextAsync(double minutes, string? line, CancellationToken ct)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?minutes={minutes}&line={Uri.EscapeDataString(line ?? "")}");
        return (await AnswerAsync(http.GetAsync("admin/labels/next" + query, ct), ct)).Body;
    }

    /// <summary>Saves a file that the service names by its path.</summary>
    public async Task DownloadAsync(string path, string file, CancellationToken ct) => AtomicFile.Write(
        file, await ReadAsync(http.GetAsync(path.TrimStart('/'), ct), response => response.Content.ReadAsByteArrayAsync(ct), ct));

    public async Task<string> MetricsAsync(CancellationToken ct) => (await AnswerAsync(http.GetAsync("metrics", ct), ct)).Body;

    public void Dispose() => http.Dispose();

    static Task<ServiceAnswer> AnswerAsync(Task<HttpResponseMessage> request, CancellationToken ct) =>
        ReadAsync(request, async response =>
        {
            return new ServiceAnswer(
                await response.Content.ReadAsStringAsync(ct), Header("x-model-version"), Header("x-encoder-version"));

            string Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
        }, ct);

    static async Task<T> ReadAsync<T>(
        Task<HttpResponseMessage> request, Func<HttpResponseMessage, Task<T>> read, CancellationToken ct)
    {
        try
        {
            using var response = await request;
            if (response.IsSuccessStatusCode)
                return await read(response);
            var body = await response.Content.ReadAsStringAsync(ct);
            var wait = response.Headers.RetryAfter?.Delta is { } delay ? $" (try again in {delay.TotalSeconds:0} s)" : "";
            throw new IOException($"{(int)response.StatusCode}: {(body.Length > 0 ? ErrorMessage(body) : NothingHere)}{wait}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException { InnerException: TimeoutException })
        {
            throw new IOException($"the service cannot be reached: {e.Message}", e);
        }
    }

    static string ErrorMessage(string body)
    {
        try
        {
            return (string?)JsonNode.Parse(body)?["error"]?["message"] ?? body;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return body;
        }
    }
}
