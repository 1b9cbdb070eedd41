using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Benchmarks;

/// <summary>
/// What the end of a round by its validation loss is worth: all labels and all updates; a part held out and all updates; ended early.
/// From scratch, on spoken digits, scored on other recordings.
/// </summary>
static class RoundLengths
{
    const int Labels = 400;
    const int HeldOut = 300;
    const int Updates = 600;
    static readonly FineTuningRecipe Recipe = new() { HeadOnlyShare = 0 }; // from scratch

    public static void Print(string dataFolder, int seeds)
    {
        var (labels, heldOut) = (Read(dataFolder, "train", Labels), Read(dataFolder, "test", HeldOut));
        var rules = new RoundRecipe { MinValidatedRecordings = Labels };
        for (var seed = 1; seed <= seeds; seed++)
        {
            Run("all labels, all updates", seed, labels, heldOut, rules with { MinValidatedRecordings = int.MaxValue });
            Run("some held out, all updates", seed, labels, heldOut, rules with { Patience = 1 });
            Run("some held out, ended early", seed, labels, heldOut, rules);
        }
    }

    static void Run(string what, int seed, LabelledUtterance[] labels, LabelledUtterance[] heldOut, RoundRecipe rules)
    {
        using var encoder = SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed);
        var (train, validation) = ValidationPart.Of(labels, rules);
        var budget = new FineTuningBudget(TimeSpan.FromDays(1), Updates) { Rules = rules };
        var outcome = new FineTuner(Recipe, new DecodingRecipe(), seed, TimeProvider.System).Run(
            encoder, former: null, new TrainingSet(train) { Validation = validation }, budget, null, null, CancellationToken.None);
        using var recognizer = outcome.Recognizer;
        var score = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Greedy, heldOut, CancellationToken.None);
        Console.WriteLine($"seed {seed}, {what}: {train.Count} + {validation.Count} recordings, {outcome.Updates} updates "
            + $"({outcome.Ended}), {outcome.AudioSeconds:0} s of audio, validation loss {outcome.ValidationLoss:0.000}, loss on others "
            + $"{HeldOutLoss.Of(recognizer.Model, recognizer.Vocabulary, heldOut, CancellationToken.None):0.000}, character error "
            + $"{score.CharacterErrorRate:0.000}; validation took {outcome.HeldUp.Validation / outcome.Took:0.0%} of the time");
    }

    static LabelledUtterance[] Read(string dataFolder, string split, int count)
    {
        LabelledRecording[] entries =
            [.. LabelledManifest.Read(Path.Combine(dataFolder, "digits", "manifest.jsonl")).Entries.Where(e => e.Split == split)];
        new Random(1).Shuffle(entries);
        return [.. entries.Take(count).Select(e => new LabelledUtterance(e.Id, e.Text, AudioFile.Read(e.AudioPath).Samples))];
    }
}
