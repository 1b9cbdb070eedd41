using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.Experiments.Tests;

/// <summary>An experiment runs from pretraining to the page of tables, on synthetic corpora and with budgets of seconds.</summary>
public sealed class SmokeTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3); // half a minute where the cores are free
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Figures_are_measured_once_and_stored()
    {
        WriteCorpus("digits", ("train", "a"), ("train", "b"), ("test", "c"));
        WriteCorpus("read-speech", ("train", "d"));
        Assert.Equal(0, await Run());
        var stored = File.ReadAllText(folder.File("work/smoke-results/a1.json"));
        using var json = JsonDocument.Parse(stored);
        Assert.Equal(4, json.RootElement.GetArrayLength()); // pretrained and from scratch, each with and without pseudo-labels
        Assert.All(json.RootElement.EnumerateArray(), m => Assert.InRange(TestCer(m), 0.01, 10));
        Assert.Contains("| 5 h heard, 1 label per digit | 1 |", File.ReadAllText(folder.File("work/smoke-results.md")));

        Directory.Delete(folder.File("data"), recursive: true); // whoever measured again would miss it
        Assert.Equal(0, await Run());
        Assert.Equal(stored, File.ReadAllText(folder.File("work/smoke-results/a1.json")));
    }

    [Fact]
    public async Task The_probe_prints_a_row_for_each_representation()
    {
        WriteCorpus("digits", ("train", "a"), ("train", "b"), ("test", "c"));
        WriteCorpus("read-speech", ("train", "d"), ("test", "e"));
        WriteCorpus("accented-english", ("train", "f"), ("train", "g"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var (before, printed) = (Console.Out, new StringWriter());
        Console.SetOut(printed);
        try
        {
            string[] arguments = ["probe", "--smoke", "--data", folder.File("data"), "--work", folder.File("work")];
            Assert.Equal(0, await ExperimentCommand.Create().Parse(arguments).InvokeAsync(cancellationToken: limit.Token));
        }
        finally
        {
            Console.SetOut(before);
        }
        foreach (var representation in new[] { "log-mel", "untrained encoder", "5 h heard" })
            Assert.Matches($@"\| {representation} \| [01]\.\d{{3}} .*\| [01]\.\d{{3}} .*\| -?\d+\.\d{{3}} ", printed.ToString());
    }

    static double TestCer(JsonElement measurement) =>
        measurement.GetProperty("figures").GetProperty("heldOut").GetProperty("test").GetProperty("cer").GetDouble();

    async Task<int> Run()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        string[] arguments =
            ["a1", "--smoke", "--only", "labelsPerDigit=1", "--data", folder.File("data"), "--work", folder.File("work")];
        return await ExperimentCommand.Create().Parse(arguments).InvokeAsync(cancellationToken: limit.Token);
    }

    void WriteCorpus(string name, params (string Split, string Speaker)[] speakers)
    {
        var corpus = Directory.CreateDirectory(Path.Combine(folder.File("data"), name)).FullName;
        var lines = new List<string>();
        foreach (var (split, speaker) in speakers)
            foreach (var text in new[] { "one", "two", "three" })
            {
                var file = $"{speaker}-{text}.wav";
                var samples = TestAudio.Bursts(2, pauseSeconds: 0.3, seed: lines.Count + 1);
                File.WriteAllBytes(Path.Combine(corpus, file), TestAudio.Wav(samples));
                lines.Add(JsonSerializer.Serialize(new { audio_filepath = file, text, speaker, split }));
            }
        File.WriteAllLines(Path.Combine(corpus, "manifest.jsonl"), lines);
    }
}
