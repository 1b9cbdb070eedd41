using System.Runtime.CompilerServices;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Demonstration;

/// <summary>
/// The demonstration: starts the street, streams the prompts into it (the held-out ones marked as not for training), offers the
/// others' texts as labels, and shows what becomes of it until Ctrl-C.
/// </summary>
sealed class DemonstrationRun(DataFolder data, TimeProvider clock)
{
    static readonly TimeSpan Redraw = TimeSpan.FromSeconds(1);

    public required bool Plain { get; init; }

    /// <summary>How long it runs; null: until it is cancelled.</summary>
    public TimeSpan? Duration { get; init; }

    public async Task RunAsync(string[] settings, CancellationToken ct)
    {
        var prompts = TelephonePrompts.Read();
        var manifest = Path.Combine(data.Path, "labels", "manifest.jsonl");
        TelephonePrompts.WriteManifest(prompts, manifest);
        Introduce(prompts);

        using var warnings = new RecentWarnings(clock);
        await using var street = new StreetHost(data, settings, Settings(manifest), logging => logging.ClearProviders().AddProvider(warnings));
        await street.StartAsync(ct);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, street.App.Lifetime.ApplicationStopping);
        if (Duration is { } duration)
            ending.CancelAfter(duration);

        var clients = street.App.Services.GetRequiredService<KafkaClients>();
        var stream = new PromptStream(clients, clock);
        using var observer = new StreetObserver(street, stream, warnings, clock);
        var streaming = stream.RunAsync(prompts, ending.Token);
        var listening = observer.FollowTranscriptsAsync(clients, ending.Token);
        var snapshots = SnapshotsAsync(observer, ending.Token);
        await (Plain ? PlainView.ShowAsync(snapshots, Console.Out) : LiveView.ShowAsync(snapshots));
        var failed = street.App.Lifetime.ApplicationStopping.IsCancellationRequested && !ct.IsCancellationRequested;
        await ending.CancelAsync();
        await Task.WhenAll(Ended(streaming), Ended(listening));
        await street.App.StopAsync(CancellationToken.None);
        foreach (var warning in failed ? warnings.Lines : [])
            await Console.Error.WriteLineAsync(warning);
        Console.WriteLine($"{(failed ? "a service has failed; " : "ended; ")}what was learnt stays in {data.Path}");
    }

    /// <summary>What two cores and a person's patience ask for: a first, rough recognizer soon, then better ones at leisure.</summary>
    static Dictionary<string, string?> Settings(string manifest) => new()
    {
        ["Transcriber:Labels:ManifestPath"] = manifest,
        ["Transcriber:Labels:HeldOutSplit"] = "test",
        ["Learner:Publishing:FirstAfter"] = "00:00:40",
        ["Learner:Publishing:Every"] = "00:02:00",
        ["Transcriber:FineTuning:FirstBudget"] = "00:02:00",
        ["Transcriber:FineTuning:Budget"] = "00:03:00",
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
        Console.WriteLine($"{prompts.Count} telephone prompts, {prompts.Sum(p => p.DurationSeconds) / 60:0} min of real speech: {train.Length} with their texts to learn from ({train.Sum(p => p.DurationSeconds) / 60:0.0} min), {test.Length} held out ({test.Sum(p => p.DurationSeconds) / 60:0.0} min).");
    }

    static Task Ended(Task task) => task.ContinueWith(t => t.IsFaulted ? t : Task.CompletedTask, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();
}
