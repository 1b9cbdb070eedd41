using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ssl.Cli.Street;
using Ssl.TestKit;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Cli.Tests.Upgrade;

/// <summary>An <c>ssl up</c> in this process, asked over HTTP with an administrator's key.</summary>
sealed class RunningStreet : IAsyncDisposable
{
    readonly StreetHost street;
    readonly HttpClient http;
    readonly CancellationToken limit;

    RunningStreet(StreetHost street, string key, RememberedLog log, CancellationToken limit)
    {
        (this.street, Log, this.limit) = (street, log, limit);
        http = new HttpClient { BaseAddress = street.Address, Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public RememberedLog Log { get; }

    public static async Task<RunningStreet> StartAsync(string data, string[] settings, CancellationToken limit)
    {
        var (key, log) = (ApiKey.NewText(), new RememberedLog());
        var street = new StreetHost(new DataFolder(data),
            ["--Urls=http://127.0.0.1:0", "--Learner:Replay:CapacityBytes=16777216",
                "--Transcriber:Serving:Keys:tester:Scopes=Transcribe,Admin,Metrics",
                $"--Transcriber:Serving:Keys:tester:Hash={Convert.ToHexStringLower(ApiKey.Hash(key))}", .. settings],
            new Dictionary<string, string?>(), logging => logging.ClearProviders().AddProvider(log));
        await street.StartAsync(limit);
        var running = new RunningStreet(street, key, log, limit);
        try
        {
            await running.UntilAsync("it has started", async () =>
                (await running.http.GetAsync("health/startup", limit)).IsSuccessStatusCode);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>The text of a version, and its number.</summary>
    public async Task<(string Text, int Version)> TranscribeAsync(string path, string model)
    {
        await UntilAsync("a recognizer serves", async () => (await http.GetAsync("health/ready", limit)).IsSuccessStatusCode);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(path, limit)), "file", "heard.wav" },
            { new StringContent(model), "model" },
            { new StringContent("text"), "response_format" },
        };
        using var answer = await http.PostAsync("v1/audio/transcriptions", form, limit);
        var body = await answer.Content.ReadAsStringAsync(limit);
        Assert.True(answer.IsSuccessStatusCode, body);
        return (body, int.Parse(answer.Headers.GetValues("x-model-version").Single(), CultureInfo.InvariantCulture));
    }

    public async Task<string[]> ModelsAsync() => [.. (await DataAsync("v1/models")).Select(m => m.GetProperty("id").GetString()!)];

    public async Task<int> LabelsAsync() => (await DataAsync("admin/labels?limit=1000")).Length;

    public async Task LabelAsync(byte[] wav, string text)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(wav), "file", "label.wav" },
            { new StringContent(text), "text" },
        };
        using var answer = await http.PostAsync("admin/labels", form, limit);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(limit));
    }

    /// <summary>Value of a series without labels; 0: it is not there.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var lines = (await http.GetStringAsync("metrics", limit)).Split('\n');
        return lines.FirstOrDefault(l => l.StartsWith($"{name} ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) : 0;
    }

    public Task UntilAsync(string what, Func<bool> reached) => UntilAsync(what, () => Task.FromResult(reached()));

    public async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        while (!await reached())
        {
            Assert.False(limit.IsCancellationRequested, $"in time there was not: {what}\n{string.Join('\n', Log.Lines.TakeLast(20))}");
            await Task.Delay(200, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await street.App.StopAsync(CancellationToken.None);
        await street.DisposeAsync();
    }

    async Task<JsonElement[]> DataAsync(string path)
    {
        using var list = JsonDocument.Parse(await http.GetStringAsync(path, limit));
        return [.. list.RootElement.Clone().GetProperty("data").EnumerateArray()];
    }
}
