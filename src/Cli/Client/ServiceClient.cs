using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ssl.Cli.Client;

/// <summary>Client of a running service's HTTP contract. An error answer, or none in time, is an <see cref="IOException"/>.</summary>
/// <param name="key">Sent with every request; null: none.</param>
sealed class ServiceClient(Uri server, TimeSpan timeout, string? key = null) : IDisposable
{
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

    public async Task<string> MetricsAsync(CancellationToken ct) => (await AnswerAsync(http.GetAsync("metrics", ct), ct)).Body;

    public void Dispose() => http.Dispose();

    static async Task<ServiceAnswer> AnswerAsync(Task<HttpResponseMessage> request, CancellationToken ct)
    {
        try
        {
            using var response = await request;
            var body = await response.Content.ReadAsStringAsync(ct);
            if (response.IsSuccessStatusCode)
                return new ServiceAnswer(body, Header("x-model-version"), Header("x-encoder-version"));
            var wait = response.Headers.RetryAfter?.Delta is { } delay ? $" (try again in {delay.TotalSeconds:0} s)" : "";
            throw new IOException($"{(int)response.StatusCode}: {ErrorMessage(body)}{wait}");

            string Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
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
