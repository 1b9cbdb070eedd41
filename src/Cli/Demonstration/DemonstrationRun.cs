using System.Runtime.CompilerServices;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Demonstration;

/// <summary>
/// The demonstration: starts the street, publishes the prompts (the held-out ones marked as not for training), gives the texts of the
/// others as labels, and shows the progress until Ctrl-C.
/// </summary>
/// <param name="svg">File for a recording of the live page; null: none.</param>
sealed class DemonstrationRun(DataFolder data, bool plain, string? svg, TimeProvider clock)
{
    static readonly TimeSpan Redraw = TimeSpan.FromSeconds(1);

    public async Task RunAsync(string[] settings, CancellationToken ct)
    {
        var recording = svg is null ? null : new SvgRecording(svg);
        var prompts = TelephonePrompts.Read();
        var manifest = Path.Combine(data.Path, "labels", "manifest.jsonl");
        TelephonePrompts.WriteManifest(prompts, manifest);
        Introduce(prompts);

        using var warnings = new RecentWarnings(clock);
        await using var street = new StreetHost(
            data, settings, Settings(manifest), logging => logging.ClearProviders().AddProvider(warnings));
        await street.StartAsync(ct);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, street.App.Lifetime.ApplicationStopping);

        var clients = street.App.Services.GetRequiredService<KafkaClients>();
        using var stream = new PromptStream(clients, clock);
        using var observer = new StreetObserver(street, stream, warnings, clock);
        var work = Task.WhenAll(stream.RunAsync(prompts, ending.Token), observer.FollowTranscriptsAsync(clients, ending.Token));
        var seen = SnapshotsAsync(observer, ending.Token);
        var snapshots = recording?.WatchAsync(seen, ending.Token) ?? seen;
        bool failed;
        try
        {
            await (plain ? PlainView.ShowAsync(snapshots, Console.Out) : LiveView.ShowAsync(snapshots));
        }
        finally
        {
            failed = street.App.Lifetime.ApplicationStopping.IsCancellationRequested && !ct.IsCancellationRequested;
            await ending.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            recording?.Write();
        }
        if (work.IsFaulted)
            await work; // throws; a cancellation is how it ends
        await street.App.StopAsync(CancellationToken.None);
        foreach (var warning in failed ? warnings.Lines : [])
            await Console.Error.WriteLineAsync(warning);
        Console.WriteLine($"{(failed ? "a service has failed; " : "ended; ")}what it has learned stays in {data.Path}");
    }

    /// <summary>For two cores: a rough first recognizer after about three minutes, then a better one every few minutes.</summary>
    static Dictionary<string, string?> Settings(string manifest) => new()
    {
        ["Transcriber:Labels:ManifestPath"] = manifest,
        ["Learner:Publishing:FirstAfter"] = "00:00:40",
        ["Learner:Publishing:Every"] = "00:02:00",
    };

    async IAsyncEnumerable<Snapshot> SnapshotsAsync(StreetObserver observer, [EnumeratorCancellation] CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (await observer.LookAsync(ct) is { } snapshot)
                yield return snapshot;
            await Task.Delay(Redraw, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static void Introduce(IReadOnlyList<Prompt> prompts)
    {
        var (train, test) = (prompts.Where(p => !p.HeldOut).ToArray(), prompts.Where(p => p.HeldOut).ToArray());
        Console.WriteLine($"{prompts.Count} telephone prompts: {Minutes(train)} labelled, {Minutes(test)} held out for the gate.");

        static string Minutes(Prompt[] of) => $"{of.Length} ({of.Sum(p => p.DurationSeconds) / 60:0.0} min)";
    }
}
