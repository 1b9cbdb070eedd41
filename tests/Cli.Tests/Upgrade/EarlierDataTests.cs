using System.IO.Compression;
using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Upgrade;

/// <summary>
/// A registry and a data folder that an earlier commit made are read by this one. <c>SSL_MAKE_EARLIER_DATA=1</c> makes the archive anew,
/// from synthetic speech; the one of an earlier commit is kept for as long as its layout is to be read.
/// </summary>
public sealed class EarlierDataTests : IDisposable
{
    internal static readonly string Archive =
        Path.Combine(SharedFolder.RepositoryRoot, "tests", "Cli.Tests", "Upgrade", "data-2026-11.zip");

    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(10));

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Data_of_an_earlier_commit_is_served_and_learnt_on_from()
    {
        if (Environment.GetEnvironmentVariable("SSL_MAKE_EARLIER_DATA") is not null)
            await EarlierData.MakeAsync(Archive, folder.File("making"), limit.Token);
        await ZipFile.ExtractToDirectoryAsync(Archive, folder.Path, limit.Token);
        var kept = JsonSerializer.Deserialize<EarlierData.Facts>(await File.ReadAllTextAsync(folder.File("facts.json"), limit.Token))!;

        await using var up = await RunningStreet.StartAsync(folder.File("data"), [], limit.Token);
        Assert.Equal((kept.Text, kept.Recognizer), await up.TranscribeAsync(folder.File("heard.wav"), $"ssl@{kept.Recognizer}"));
        Assert.Empty(kept.Models.Except(await up.ModelsAsync()));
        Assert.Equal(kept.Labels, await up.LabelsAsync());
        await up.UntilAsync("training goes on", () => up.Log.Lines.Any(l =>
            l.Contains("Continuing the run from", StringComparison.Ordinal) && l.Contains($"step {kept.Step},", StringComparison.Ordinal)));
        await up.UntilAsync("its segments are there", async () => await up.MetricAsync("ssl_learner_replay_segments") >= kept.Segments);
        await up.UntilAsync("steps are made", async () => await up.MetricAsync("ssl_learner_steps_total") > 2);
        Assert.DoesNotContain(up.Log.Lines, l => l.Split(' ')[0] is "Error" or "Critical");
    }
}
