using System.Net.Http.Headers;
using System.Text.Json;

namespace Ssl.Cli.Client;

/// <summary>Talks to a running transcription service over its public HTTP contract.</summary>
sealed class ServiceClient(Uri server, TimeSpan timeout) : IDisposable
{
    readonly HttpClient http = new() { BaseAddress = server, Timeout = timeout };

    /// <summary>Sends one file to <c>/v1/audio/transcriptions</c>.</summary>
    /// <param name="format">The contract's <c>response_format</c>.</param>
    /// <exception cref="ServiceRefusedException">The service answered with an error.</exception>
    public async Task<ServiceAnswer> TranscribeAsync(string path, string model, string format, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(await File.ReadAllBytesAsync(path, ct));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "file", Path.GetFileName(path));
        form.Add(new StringContent(model), "model");
        form.Add(new StringContent(format), "response_format");
        using var response = await http.PostAsync("v1/audio/transcriptions", form, ct);
        var body = await response.Content.ReadAsStringAsync(ct);
        if (!response.IsSuccessStatusCode)
            throw new ServiceRefusedException((int)response.StatusCode, ErrorMessage(body), response.Headers.RetryAfter?.Delta);
        return new ServiceAnswer(body, Header(response, "x-model-version"), Header(response, "x-encoder-version"));
    }

    /// <summary>The list of <c>/v1/models</c>.</summary>
    public Task<JsonDocument> ModelsAsync(CancellationToken ct) => GetJsonAsync("v1/models", ct);

    public Task<string> MetricsAsync(CancellationToken ct) => http.GetStringAsync("metrics", ct);

    public void Dispose() => http.Dispose();

    async Task<JsonDocument> GetJsonAsync(string path, CancellationToken ct)
    {
        using var response = await http.GetAsync(path, ct);
        var body = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(body) : throw new ServiceRefusedException((int)response.StatusCode, ErrorMessage(body), response.Headers.RetryAfter?.Delta);
    }

    static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";

    static string ErrorMessage(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("error").GetProperty("message").GetString() ?? body;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return body;
        }
    }
}
