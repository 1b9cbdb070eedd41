using System.Diagnostics;
using System.Text.Json;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Benchmarks;

/// <summary>
/// An hour of audiobooks in one file against its recordings one by one, over HTTP: the same words? And when the first of them comes.
/// </summary>
static class HourLongFile
{
    const double HourSeconds = 3600;

    /// <param name="folder">Of a recognizer.</param>
    /// <param name="data">Holds <c>read-speech</c>.</param>
    public static async Task PrintAsync(string folder, string data)
    {
        TorchRuntime.UseThreads(1);
        using var recognizer = ModelFolder.LoadRecognizer(folder, new DecodingRecipe());
        var recordings = Read(data);
        short[] hour = [.. recordings.SelectMany(r => r.Samples.ToArray())];
        await using var bench = await ServingBench.StartAsync(recognizer, Environment.ProcessorCount);
        await bench.TranscribeAsync(ServingBench.Wav(hour.AsSpan(0, 160_000))); // warm
        var started = Stopwatch.GetTimestamp();
        var (first, one) = await StreamAsync(bench, ServingBench.Wav(hour), started);
        var took = Stopwatch.GetElapsedTime(started);
        var parts = new string[recordings.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, parts.Length), async (i, _) =>
            parts[i] = (await bench.TranscribeAsync(ServingBench.Wav(recordings[i].Samples.Span))).Trim());
        var (cutter, alone) = (new SilenceCutter(), new List<string>());
        List<CutSegment> pieces = [.. cutter.Push(hour), .. cutter.Flush() is { } last ? [last] : (CutSegment[])[]];
        foreach (var piece in pieces)
            alone.Add(recognizer.Transcribe([piece.Samples])[0].Text);
        var (apart, truth) = (string.Join(' ', parts.Where(p => p.Length > 0)), string.Join(' ', recordings.Select(r => r.Text)));
        Console.WriteLine($"{hour.Length / 16_000.0 / 60:0.0} minutes, {recordings.Count} recordings, {pieces.Count} pieces: "
            + $"the first delta after {first.TotalSeconds:0.00} s, all after {took.TotalSeconds:0.0} s");
        Console.WriteLine("the pieces one by one, joined, are the file's text: "
            + (string.Join(' ', alone.Where(t => t.Length > 0)) == one ? "yes" : "NO"));
        Console.WriteLine($"one file against its recordings, words: {ErrorRate.Words(apart, one)}; "
            + $"letters: {ErrorRate.Characters(apart, one).Rate:0.0000}");
        Console.WriteLine($"against the true texts, words: one file {ErrorRate.Words(truth, one).Rate:0.0000}, "
            + $"recordings {ErrorRate.Words(truth, apart).Rate:0.0000}");
    }

    static List<LabelledUtterance> Read(string data)
    {
        var (reader, seconds) = (new RecordingReader(new TextPolicy(), double.PositiveInfinity), 0.0);
        var recordings = new List<LabelledUtterance>();
        foreach (var entry in LabelledManifest.Read(Path.Combine(data, "read-speech", "manifest.jsonl")).Entries)
        {
            if (reader.Read(entry, out _) is not { } utterance)
                continue;
            recordings.Add(utterance);
            if ((seconds += AudioFormat.SecondsOf(utterance.Samples.Length)) >= HourSeconds)
                break;
        }
        return recordings;
    }

    static async Task<(TimeSpan First, string Text)> StreamAsync(ServingBench bench, byte[] wav, long started)
    {
        using var response = await bench.PostAsync(wav, "json", stream: true);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        TimeSpan? first = null;
        var text = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            first ??= Stopwatch.GetElapsedTime(started);
            using var json = JsonDocument.Parse(line["data: ".Length..]);
            if (json.RootElement.GetProperty("type").GetString() == "transcript.text.done")
                text = json.RootElement.GetProperty("text").GetString()!;
        }
        return (first ?? TimeSpan.Zero, text);
    }
}
