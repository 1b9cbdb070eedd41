using System.CommandLine;
using System.Globalization;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Experiments;

/// <summary>
/// <c>make experiments ARGS=probe</c>: how much a linear probe finds out from embeddings, against log-mel statistics and an untrained
/// encoder. Every representation is the mean and the standard deviation over frames.
/// </summary>
static class ProbeCommand
{
    const double HoursHeard = 5; // a1's pretraining: three voices of digits, the training readers
    const int MaxSamples = 20 * AudioFormat.SampleRateHz;

    static readonly Option<string?> Encoder = new("--encoder")
    {
        Description = "folder of an encoder version, in place of a pretraining for each seed",
    };

    public static Command Create(Func<ParseResult, Action<ExperimentSetting, CancellationToken>, CancellationToken, Task<int>> run)
    {
        var command = new Command("probe",
            "What do embeddings tell a linear probe of speaker, digit and speaking rate? A minute a seed, and a pretraining of 5 h where "
            + "no --encoder is given")
        {
            Encoder,
        };
        command.SetAction((parsed, ct) => run(parsed, (setting, stopping) => Run(setting, parsed.GetValue(Encoder), stopping), ct));
        return command;
    }

    static void Run(ExperimentSetting setting, string? encoder, CancellationToken ct)
    {
        var scores = new List<(string Task, string Representation, double Score, int? Layer)>();
        var corpora = ProbeTask.Corpora(setting.Folders.Data);
        foreach (var seed in setting.EachSeed)
        {
            var tasks = ProbeTask.All(corpora, seed);
            var logMel = new LogMelExtractor();
            Measure("log-mel", clip => [logMel.Statistics(clip)]);
            using (var untrained = new EmbeddingModel(SpeechEncoder.Create(setting.Shape, seed)))
                Measure("untrained encoder", untrained.Statistics);
            using var pretrained = new EmbeddingModel(ModelFolder.LoadEncoder(encoder ?? Pretrained(seed)));
            Measure(encoder ?? $"{HoursHeard} h heard", pretrained.Statistics);

            void Measure(string representation, Func<ReadOnlyMemory<short>, float[][]> vectorsOf)
            {
                foreach (var task in tasks)
                {
                    ct.ThrowIfCancellationRequested();
                    float[][][] vectors = [.. task.Recordings.Select(r => vectorsOf(Cut(r.Utterance.Samples)))]; // [N][L][D]
                    float[][][] layers = [.. Enumerable.Range(0, vectors[0].Length).Select(l => vectors.Select(v => v[l]).ToArray())];
                    var (score, layer) = LinearProbe.Score(layers, task.Targets, task.Train, task.Test, task.Score);
                    scores.Add((task.Name, representation, score, layers.Length > 1 ? layer : null));
                }
            }
        }
        Print(scores);

        string Pretrained(int seed) => setting.Pretraining(
            "both", seed, () => [.. setting.Corpus("digits").Split("train"), .. setting.Corpus("read-speech").Split("train")])
            .Encoders([HoursHeard], ct)[0];
    }

    static ReadOnlyMemory<short> Cut(ReadOnlyMemory<short> samples) => samples[..Math.Min(MaxSamples, samples.Length)];

    /// <summary>A column a task; mean over seeds, range, and the layers that were chosen.</summary>
    static void Print(List<(string Task, string Representation, double Score, int? Layer)> scores)
    {
        string[] tasks = [.. scores.Select(s => s.Task).Distinct()];
        Console.WriteLine($"| | {string.Join(" | ", tasks)} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", tasks.Length))}");
        foreach (var row in scores.GroupBy(s => s.Representation))
            Console.WriteLine($"| {row.Key} | {string.Join(" | ", tasks.Select(t => Cell([.. row.Where(s => s.Task == t)])))} |");
    }

    static string Cell((string Task, string Representation, double Score, int? Layer)[] seeds)
    {
        double[] scores = [.. seeds.Select(s => s.Score)];
        var range = string.Create(CultureInfo.InvariantCulture, $"{scores.Average():0.000} [{scores.Min():0.000}, {scores.Max():0.000}]");
        return seeds[0].Layer is null ? range : $"{range}, layer {string.Join(", ", seeds.Select(s => s.Layer).Distinct().Order())}";
    }
}
