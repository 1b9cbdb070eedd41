using Microsoft.Extensions.DependencyInjection;
using Ssl.Cli.Publishing;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.EndToEnd;

/// <summary>The loop closes on real speech: everything in one process on the embedded broker, asked over HTTP all the while.</summary>
public sealed class DigitsLoopTests
{
    const double TargetWordErrorRate = 0.5; // chance is 0.9
    const int Promotions = 2;
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(12);

    [Fact]
    public async Task Published_digits_become_a_recognizer_that_gets_better_and_is_swapped_in_without_a_failed_request()
    {
        var digits = new DigitRecordings();
        using var folder = new TemporaryFolder();
        var manifest = digits.WriteManifest(folder.File("manifest.jsonl"), labelledTakes: 20);
        await using var street = new StreetHost(new DataFolder(folder.File("data")), [.. Settings(manifest)],
            new Dictionary<string, string?>(),
            logging => logging.Services
                .AddSingleton(new FineTuningRecipe { MinEpochs = 0 }) // pseudo-labels, however slow the machine
                .AddSingleton(new RoundRecipe { FirstUpdates = 80, Updates = 600 })); // the first is poor: the next is better
        // a service that failed ends the test
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(street.App.Lifetime.ApplicationStopping);
        limit.CancelAfter(Limit);
        await street.StartAsync(limit.Token);

        await using var requests = new RequestsInFlight(street.Address, [.. digits.HeldOut.Select(d => d.Path)]);
        requests.Start(count: 2);
        await PublishAsync(street, digits, limit.Token);

        var registry = street.App.Services.GetRequiredService<ModelRegistry>();
        using var http = new HttpClient { BaseAddress = street.Address };
        var (wordErrorRate, scored) = (1.0, 0);
        while (Promoted(registry).Count < Promotions || wordErrorRate >= TargetWordErrorRate)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), limit.Token);
            if (Promoted(registry) is not [.., var newest] || newest.Number == scored
                || registry.Aliases().GetValueOrDefault("champion")?.Number != newest.Number)
                continue; // promoted, and its name follows in a moment
            if (await WordErrorRateAsync(http, digits, newest.Number, limit.Token) is not { } measured)
                continue; // it was promoted, and serves in a moment
            (wordErrorRate, scored) = (measured, newest.Number);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"recognizer {newest.Number} of encoder {newest.EncoderNumber}: word error {wordErrorRate:0.000}, "
                    + $"{newest.RecognizerScores!.PseudoLabelSeconds:0} s with pseudo-labels");
        }
        await requests.StopAsync();
        var metrics = await http.GetStringAsync("metrics", limit.Token);
        await street.App.StopAsync(CancellationToken.None); // the limit ends when the host begins to stop

        Assert.Empty(requests.Failures);
        Assert.NotEmpty(requests.Answers);
        Assert.True(requests.NotYet > 0, "the first requests came before any recognizer and were told when to come back");
        Assert.True(registry.List(ModelKind.Encoder).Count >= 2, "at least two encoder versions");
        Assert.True(wordErrorRate < TargetWordErrorRate);
        // the first had nobody to listen for it
        Assert.Contains(registry.List(ModelKind.Recognizer), m => m.RecognizerScores!.PseudoLabelSeconds > 0);
        Assert.DoesNotContain("ssl_kafka_lost_messages_total ", metrics.Split('\n').Where(l => !l.EndsWith(" 0", StringComparison.Ordinal))
            .Select(l => l[..Math.Min(l.Length, 30)]));
        AssertAnswersMatchTheirVersions(registry, requests);
    }

    static IEnumerable<string> Settings(string manifest) =>
    [
        "--Urls=http://127.0.0.1:0", $"--Transcriber:Labels:ManifestPath={manifest}",
        "--Learner:Publishing:FirstAfter=00:00:20", "--Learner:Publishing:Every=00:00:30",
        "--Transcriber:FineTuning:FirstBudget=00:01:00", "--Transcriber:FineTuning:Budget=00:03:00", // limits, for a busy machine
        "--Logging:LogLevel:Default=Warning",
    ];

    static async Task PublishAsync(StreetHost street, DigitRecordings digits, CancellationToken ct)
    {
        using var publisher = new AudioPublisher(street.App.Services.GetRequiredService<KafkaClients>(), TimeProvider.System);
        foreach (var digit in digits.Training)
            await publisher.PublishClipAsync(digit.Path, Path.GetFileNameWithoutExtension(digit.Path), trainOptOut: false, ct);
    }

    static List<ModelManifest> Promoted(ModelRegistry registry) => [.. registry.List(ModelKind.Recognizer).Where(m => m.MayServe)];

    /// <summary>Null unless this version answered every request.</summary>
    static async Task<double?> WordErrorRateAsync(HttpClient http, DigitRecordings digits, int version, CancellationToken ct)
    {
        var errors = ErrorCounts.None;
        foreach (var digit in digits.HeldOut)
        {
            if (await RequestsInFlight.TranscribeAsync(http, digit.Path, ct) is not { } answer || answer.Version != version)
                return null;
            errors += ErrorRate.Words(digit.Text, answer.Text);
        }
        return errors.Rate;
    }

    /// <summary>Whatever version an answer names, that version, loaded again, gives that answer.</summary>
    static void AssertAnswersMatchTheirVersions(ModelRegistry registry, RequestsInFlight requests)
    {
        foreach (var answers in requests.Answers.GroupBy(a => a.Version))
        {
            var version = registry.Open(ModelKind.Recognizer, answers.Key, out var reason);
            Assert.True(version is not null, reason);
            using var recognizer = ModelFolder.LoadRecognizer(version.Path);
            foreach (var answer in answers.DistinctBy(a => a.File).Take(20))
                Assert.Equal(recognizer.Transcribe([AudioFile.Read(answer.File).Samples])[0].Text, answer.Text);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{requests.Answers.Count} answers by versions "
            + $"{string.Join(", ", requests.Answers.Select(a => a.Version).Distinct().Order())}, "
                + $"{requests.NotYet} told to come back");
    }
}
