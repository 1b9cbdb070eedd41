using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ssl.Learner;
using Ssl.Learner.Batching;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Recipes;
using TorchSharp;

namespace Ssl.Benchmarks;

/// <summary>
/// Figures of seeded runs to the last digit: pretraining, fine-tuning, beam search, on real speech. One thread, and nothing depends on
/// the clock; so two runs on one machine print the same, and a change of the code that is to change no number can show that it does not.
/// </summary>
sealed class SeededFigures(string dataFolder, string folder)
{
    const int Updates = 200;
    const int Seed = 7;
    const int DigitsAString = 4;
    const double UpdateSeconds = 5;

    /// <summary>The defaults, but for what a run this short would not come to: splices, pieces, knowing where words lie.</summary>
    static readonly FineTuningRecipe Recipe = new()
    {
        BatchAudioSeconds = UpdateSeconds,
        SpliceAfterUses = 3,
        PieceSeconds = 1.2,
        WordsBelowLoss = 3.4,
    };

    readonly CancellationToken ct = CancellationToken.None;
    readonly DecodingRecipe decoding = new();

    public static void Print()
    {
        var temporary = Directory.CreateTempSubdirectory("ssl-seeded-").FullName;
        try
        {
            var data = Environment.GetEnvironmentVariable("SSL_TEST_DATA") ?? Path.Combine("..", "shared", "data");
            var figures = new SeededFigures(data, temporary);
            Bf16Autocast.IsFast = true; // whatever the processor: figures to the last digit depend on the type
            Console.WriteLine($"1 thread, device {TorchRuntime.Device.type}, bfloat16 products {Bf16Autocast.IsFast}");
            var whole = new BatchOptions { AudioSeconds = 8, MaxCropSeconds = 4 };
            var parted = new BatchOptions { AudioSeconds = 6, MaxCropSeconds = 2, MicroBatchSeconds = 4 };
            figures.Pretrain("tiny", Wav2Vec2BertConfig.Tiny, [1, 50, 100, 150, 200], whole);
            var waveform = BenchmarkShape.All.First(s => s.Name == "reference tiny").Config;
            figures.Pretrain("waveform", waveform, [1, 5, 10], parted);
            figures.FineTuneAndSearch();
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>As the Learner's trainer does, step by step; encoders are kept in the form that the Learner publishes.</summary>
    void Pretrain(string name, EncoderConfig config, int[] shownSteps, BatchOptions batch)
    {
        var (options, offset) = (new LearnerOptions { Batch = batch }, 0);
        using var store = new ReplayStore(Folder($"{name}-replay"), new ReplayOptions(), TimeProvider.System);
        foreach (var (id, _, samples) in Read("read-speech", "train", most: 120))
        {
            var pcm = MemoryMarshal.AsBytes(samples.Span).ToArray();
            store.Append(new AudioSegment { Id = id, StreamId = "seeded", Pcm = pcm }, 0, offset++);
        }
        store.Flush();
        using var session = PretrainingSession.Fresh(config, new PretrainingRecipe(), options);
        var (weights, reader) = (session.Weights, new BatchReader(store, new CropSampler(batch)));
        for (var number = 0; number < shownSteps[^1]; number++)
        {
            var outcome = session.Step(reader.Read(options.Training.Seed, number), options.Training.Seed, number);
            session.Average(number);
            if (!shownSteps.Contains(number + 1))
                continue;
            Console.WriteLine($"pretraining {name}, step {number + 1}: loss {outcome.Loss:R}, contrastive {outcome.ContrastiveLoss:R}, "
                + $"diversity {outcome.DiversityLoss:R}, masked prediction {outcome.MaskedPredictionLoss:R}, "
                + $"accuracies {outcome.ContrastiveAccuracy:R} {outcome.MaskedPredictionAccuracy:R}, "
                + $"perplexity {outcome.CodePerplexity:R}, gradient {outcome.GradientNorm:R}");
            EncoderPublisher.Write(Folder($"{name}-{number + 1}"), weights.Average.Model);
        }
        Console.WriteLine($"pretraining {name}, weights {HashOf(weights.Model.State)}, average {HashOf(weights.Average.Model.State)}");
    }

    /// <summary>
    /// A recognizer anew, then one that goes on from it with a later encoder and pseudo-labels; then what the second reads, loaded
    /// from its folder as the service does.
    /// </summary>
    void FineTuneAndSearch()
    {
        var (strings, heldOut) = (DigitStrings("train", 60), DigitStrings("test", 45));
        TrainingSet train = new([.. strings.Take(40)]);
        FineTune("anew", "tiny-100", null, train, heldOut);
        using var former = new FormerRecognizer(ModelFolder.LoadRecognizer(Folder("anew")), ModelFolder.LoadEncoder(Folder("tiny-100")));
        var labels = new LabelledSet(train.Labels, [], [], null);
        var heard = PseudoLabels.Of(former.Recognizer.Transcribe, strings.Skip(40), labels, keptShare: 0.9, () => true, ct);
        Console.WriteLine($"pseudo-labels: {heard.Kept.Count}, least confidence {heard.MinConfidence:R}, "
            + $"texts {HashOf(heard.Kept.Select(u => u.Text))}");
        FineTune("from the former", "tiny-200", former, new TrainingSet(train.Labels, heard.Kept, TrueShare: 0.3), heldOut);
        using var recognizer = ModelFolder.LoadRecognizer(Folder("from the former"), decoding);
        LabelledUtterance[] fifty = [.. heldOut.Skip(20), .. Read("read-speech", "test", most: 25)];
        Search("with known words", recognizer, TextReading.Words, fifty);
        Search("by letters", recognizer, TextReading.Letters, fifty);
        Search("greedily", recognizer, TextReading.Greedy, fifty);
    }

    void FineTune(string name, string encoder, FormerRecognizer? former, TrainingSet train, IReadOnlyList<LabelledUtterance> heldOut)
    {
        using var pretrained = ModelFolder.LoadEncoder(Folder(encoder));
        var losses = new List<double>();
        var budget = new FineTuningBudget(TimeSpan.FromDays(365), Updates);
        var tuner = new FineTuner(Recipe, decoding, Seed, TimeProvider.System);
        var outcome = tuner.Run(pretrained, former, train, budget, now => losses.Add(now.Loss), null, ct);
        using var recognizer = outcome.Recognizer;
        LabelledUtterance[] judged = [.. heldOut.Take(20)];
        var greedy = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Greedy, judged, ct);
        var search = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, judged, ct);
        Console.WriteLine($"fine-tuning {name}: {outcome.Updates} updates, {outcome.AudioSeconds:R} s, loss {outcome.Loss:R}, "
            + $"first {losses[0]:R}, hundredth {losses[99]:R}, last {losses[^1]:R}");
        Console.WriteLine($"fine-tuning {name}: character error greedily {greedy.CharacterErrorRate:R}, "
            + $"with n-grams {search.CharacterErrorRate:R}, word error {greedy.WordErrorRate:R} {search.WordErrorRate:R}");
        Console.WriteLine($"fine-tuning {name}, weights {HashOf(recognizer.Model.state_dict().Select(t => (t.Key, t.Value)))}");
        ModelFolder.SaveRecognizer(Folder(name), recognizer);
    }

    static void Search(string name, Recognizer recognizer, TextReading reading, IReadOnlyList<LabelledUtterance> utterances)
    {
        var batches = LengthBatches.Of(utterances, maxSeconds: 40);
        Transcription[] heard = [.. batches.SelectMany(batch => recognizer.Transcribe([.. batch.Select(u => u.Samples)], reading))];
        TranscribedWord[] words = [.. heard.SelectMany(t => t.Words)];
        Console.WriteLine($"search {name}: texts {HashOf(heard.Select(t => t.Text))}, {words.Length} words, "
            + $"starts {words.Sum(w => w.StartSeconds):R} s, ends {words.Sum(w => w.EndSeconds):R} s, "
            + $"confidence {heard.Sum(t => t.Confidence):R}");
        foreach (var text in heard.TakeLast(5)) // the shortest: batches begin with the longest
            Console.WriteLine($"  {text.Text}");
    }

    /// <summary>So many strings of digits, each of one speaker, one recording behind the other.</summary>
    LabelledUtterance[] DigitStrings(string split, int count)
    {
        var recordings = Read("digits", split);
        new Random(1).Shuffle(recordings);
        var pause = new short[AudioFormat.SampleRateHz / 10];
        var strings = recordings.GroupBy(r => r.Id.Split('_')[1]).SelectMany(speaker => speaker.Chunk(DigitsAString));
        return [.. strings.Select(Joined).OrderBy(u => u.Id, StringComparer.Ordinal).Take(count)];

        LabelledUtterance Joined(LabelledUtterance[] digits) => new(
            string.Join('+', digits.Select(d => d.Id)), string.Join(' ', digits.Select(d => d.Text)),
            digits.SelectMany(d => d.Samples.ToArray().Concat(pause)).ToArray());
    }

    LabelledUtterance[] Read(string corpus, string split, int most = int.MaxValue)
    {
        var manifest = LabelledManifest.Read(Path.Combine(dataFolder, corpus, "manifest.jsonl"));
        var entries = manifest.Entries.Where(e => e.Split == split).Take(most);
        return [.. entries.Select(e => new LabelledUtterance(e.Id, new TextPolicy().Apply(e.Text), AudioFile.Read(e.AudioPath).Samples))];
    }

    string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    static string HashOf(IEnumerable<(string Name, torch.Tensor Tensor)> state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var scope = torch.NewDisposeScope();
        foreach (var (_, tensor) in state)
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static string HashOf(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))));
}
