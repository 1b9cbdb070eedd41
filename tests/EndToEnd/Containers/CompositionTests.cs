using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.EndToEnd.Containers;

/// <summary>The whole of <c>deploy/compose.yaml</c> in containers, as its user brings it up (<c>make compose</c>).</summary>
[Collection(ServiceImages.Collection)]
public sealed class CompositionTests(ServiceImages images) : IDisposable
{
    const int FewRecordings = 5;
    const int Targets = 4; // Ingest, Learner, tuner, server
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(11); // with building and cleaning up less than test.sh lets a test hang
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource limit = new();
    readonly TemporaryFolder folder = new();
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    readonly Stopwatch time = Stopwatch.StartNew();

    public void Dispose()
    {
        folder.Dispose();
        http.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task It_learns_swaps_is_scraped_and_loses_nothing_when_each_container_is_killed()
    {
        images.Require();
        await images.BuildStandInsAsync();
        Say("images are built");
        limit.CancelAfter(Limit);
        var digits = new DigitRecordings();
        digits.CopyTo(folder.File("labels"), labelledTakes: 20);
        await using var composition = await Composition.UpAsync(images, folder.File("labels"));
        try
        {
            await RunAsync(composition, digits);
        }
        catch
        {
            foreach (var service in Composition.Checked)
                Say(await composition.LogAsync(service));
            throw;
        }
        await composition.DisposeAsync();
        Say("down");
        Assert.Equal("", await composition.LeftAsync());
    }

    async Task RunAsync(Composition composition, DigitRecordings digits)
    {
        Say("up");
        var published = new List<DigitRecordings.Recording>(digits.Training.Take(200));
        await composition.PublishAsync(published, limit.Token);
        Say($"{published.Count} recordings published from outside");
        await UntilAsync("every health check passes", async () =>
            (await Task.WhenAll(Composition.Checked.Select(composition.IsHealthyAsync))).All(healthy => healthy));
        await UntilAsync("Prometheus scrapes every target", async () =>
            await composition.QueryAsync("count(up == 1)", limit.Token) == Targets);
        await UntilAsync("a recognizer serves", () => IsOkAsync(new Uri(composition.Transcriber, "health/ready")));
        composition.AwaitTranscripts(published, limit.Token);
        Say("every recording is transcribed by the champion");
        await SwapAsync(composition, digits);

        foreach (var (service, recordings) in new[] { "kafka", "ingest", "learner", "tuner", "transcriber", "prometheus" }
                     .Zip(digits.Training.Skip(published.Count).Chunk(FewRecordings)))
        {
            await composition.PublishAsync(recordings, limit.Token);
            published.AddRange(recordings);
            await KillAsync(composition, service);
        }
        composition.AwaitTranscripts(published, limit.Token);
        await UntilAsync("the learner has every segment once, and every target is up again", async () =>
            await composition.QueryAsync("ssl_learner_replay_segments", limit.Token) == published.Count
            && await composition.QueryAsync("count(up == 1)", limit.Token) == Targets);
        Assert.Null(await composition.QueryAsync("ssl_kafka_lost_messages_total > 0", limit.Token));
    }

    /// <summary>A second version takes the place of the first, by the gate or by an operator; requests meanwhile notice nothing.</summary>
    async Task SwapAsync(Composition composition, DigitRecordings digits)
    {
        await using var requests = new RequestsInFlight(composition.Transcriber, [.. digits.HeldOut.Take(20).Select(d => d.Path)]);
        requests.Start(count: 1);
        await UntilAsync("a first version answers", () => Task.FromResult(!requests.Answers.IsEmpty));
        var first = requests.Answers.First().Version;
        var second = 0;
        await UntilAsync("a second version is published", async () => (second = await NewestAsync(composition)) > first);
        if (!await IsServedAsync(requests, second, TimeSpan.FromSeconds(10)))
        {
            await composition.PromoteAsync(second, limit.Token);
            Say($"an operator promotes version {second}");
        }
        await UntilAsync($"version {second} answers", () => IsServedAsync(requests, second, TimeSpan.Zero));
        await requests.StopAsync();
        Assert.Empty(requests.Failures);
        Say($"{requests.Answers.Count} requests, none failed, answered by versions "
            + string.Join(", ", requests.Answers.Select(a => a.Version).Distinct().Order()));
    }

    async Task KillAsync(Composition composition, string service)
    {
        var (killed, since) = (await composition.KillAsync(service), Stopwatch.StartNew());
        await UntilAsync($"{service} is back", async () =>
            await composition.PidAsync(service) is var pid && pid > 0 && pid != killed
            && (!Composition.Checked.Contains(service) || await composition.IsHealthyAsync(service)));
        Say($"{service} was killed and is at work after {since.Elapsed.TotalSeconds:0} s");
    }

    async Task<bool> IsServedAsync(RequestsInFlight requests, int version, TimeSpan within)
    {
        var since = Stopwatch.StartNew();
        do
        {
            if (requests.Answers.Last().Version == version)
                return true;
            await Task.Delay(Poll, limit.Token);
        }
        while (since.Elapsed < within);
        return false;
    }

    /// <summary>Number of the newest recognizer that <c>/v1/models</c> lists.</summary>
    async Task<int> NewestAsync(Composition composition)
    {
        using var models = JsonDocument.Parse(await http.GetStringAsync(new Uri(composition.Transcriber, "v1/models"), limit.Token));
        return models.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!.Split('@'))
            .Select(id => id.Length == 2 && int.TryParse(id[1], out var number) ? number : 0).DefaultIfEmpty().Max();
    }

    async Task<bool> IsOkAsync(Uri address)
    {
        try
        {
            using var answer = await http.GetAsync(address, limit.Token);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        try
        {
            while (!await reached())
                await Task.Delay(Poll, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Assert.Fail($"within {Limit.TotalMinutes} minutes there was not: {what}");
        }
        Say(what);
    }

    void Say(string what) => TestContext.Current.TestOutputHelper?.WriteLine($"{time.Elapsed.TotalSeconds,5:0} s: {what}");
}
