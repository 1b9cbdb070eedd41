using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;
using Ssl.Transcriber.Serving.ActiveLearning;

namespace Ssl.Experiments;

/// <summary>Goal A7: minutes that the service proposes to label against as many, and half as many more, at random.</summary>
static class LabelSelection
{
    const int Updates = 1200; // with 600 of 10 s the number of labels makes no difference (docs/lab)
    const double BatchSeconds = 20;
    const double HoursHeard = 5;
    const int RoundCount = 3;
    const double RoundSeconds = 180;
    const double StreamSeconds = 3600;
    const double MoreAtRandom = 1.5;
    const double TranscribedAtOnce = 40; // seconds
    const string RandomTask = "random";

    /// <summary>What the service does first, then each half of it.</summary>
    static readonly (string Task, SelectionRecipe Recipe)[] Choices =
    [
        ("proposed", new()), ("uncertainty", new() { NoveltyShare = 0 }), ("novelty", new() { NoveltyShare = 1 }),
    ];

    public static Experiment Experiment { get; } = new(
        "a7",
        "Are the minutes that the service proposes to label worth more than random ones? (read-speech, unseen speakers)",
        "per seed, on one core: a pretraining of 5 h heard (2 minutes), eight fine-tunings of 1,200 updates of 20 s (2 to 3 minutes each), "
            + "an hour of audio transcribed three times; --only task=proposed --only task=random: "
            + "the goal alone, five fine-tunings",
        PlotAxis.LabelMinutes,
        Trials);

    static IEnumerable<Trial> Trials(ExperimentSetting setting, CancellationToken ct)
    {
        var corpus = setting.Corpus("read-speech");
        foreach (var seed in setting.EachSeed)
        {
            var plan = setting.Plan(Updates, BatchSeconds, seed);
            var stream = new Lazy<LabelledUtterance[]>(() => Stream(corpus, seed));
            var first = new Lazy<IReadOnlyList<LabelledUtterance>>(() => Choose(new(), [.. Unheard(stream.Value)], stream.Value, []));
            var afterFirst = new Lazy<IReadOnlyDictionary<string, Transcription>>(() => Heard(first.Value));
            var seconds = RoundCount * RoundSeconds;
            yield return NewTrial(RandomTask, seconds, () => AtRandom(stream.Value, seconds));
            yield return NewTrial(RandomTask, MoreAtRandom * seconds, () => AtRandom(stream.Value, MoreAtRandom * seconds));
            foreach (var (task, recipe) in Choices)
                yield return NewTrial(task, seconds, () => Chosen(recipe));

            Trial NewTrial(string task, double labelSeconds, Func<IReadOnlyList<LabelledUtterance>> labels) => new(
                new()
                {
                    Settings = setting.Varied,
                    Task = task,
                    HoursHeard = HoursHeard,
                    LabelMinutes = labelSeconds / 60,
                    Seed = seed,
                },
                setting.RecipesOf(pretrained: true, plan, pseudoLabels: false, corpus.Manifest),
                () => FineTuningRun.Score(setting, Encoder(), plan, new(labels, () => [], () => corpus.HeldOut("test")), ct));

            // Three rounds; each recognizer is fine-tuned anew from the same encoder, so that labels alone make the difference.
            List<LabelledUtterance> Chosen(SelectionRecipe recipe)
            {
                List<LabelledUtterance> labels = [.. first.Value];
                var (before, now) = (default(IReadOnlyDictionary<string, Transcription>), afterFirst.Value);
                for (var round = 2; round <= RoundCount; round++)
                {
                    var left = stream.Value.Except(labels).ToArray();
                    labels.AddRange(Choose(recipe, [.. Unheard(left).Select(s => AsHeard(s, now, before))], left, labels));
                    if (round < RoundCount && recipe.NoveltyShare < 1) // sound alone needs no text
                        (before, now) = (now, Heard(labels));
                }
                return labels;
            }

            Dictionary<string, Transcription> Heard(IReadOnlyList<LabelledUtterance> labels)
            {
                var task = new SpeechTask(() => labels, () => [], () => corpus.HeldOut());
                using var recognizer = FineTuningRun.Tune(setting, Encoder(), plan, task, ct).Recognizer;
                return LengthBatches.Of(stream.Value, TranscribedAtOnce)
                    .SelectMany(batch => batch.Zip(recognizer.Transcribe([.. batch.Select(u => u.Samples)], TextReading.Words)))
                    .ToDictionary(heard => heard.First.Id, heard => heard.Second);
            }

            string Encoder() => setting.Pretraining("a2", seed, () => corpus.Split("train")).Encoders([HoursHeard], ct)[0];
        }
    }

    /// <summary>An hour of the training readers, drawn over all of them: what the service holds of its stream.</summary>
    static LabelledUtterance[] Stream(SpeechCorpus corpus, int seed)
    {
        var recordings = corpus.Split("train").Select(r => r.Utterance).ToArray();
        new Random(seed).Shuffle(recordings);
        return AtRandom(recordings, StreamSeconds);
    }

    /// <summary>The first ones of a shuffled list that fit.</summary>
    static LabelledUtterance[] AtRandom(LabelledUtterance[] shuffled, double seconds) =>
        [.. shuffled.Where(u => u.DurationSeconds <= seconds && (seconds -= u.DurationSeconds) >= 0)];

    static IEnumerable<UnlabelledSegment> Unheard(IEnumerable<LabelledUtterance> recordings) =>
        recordings.Select(u => new UnlabelledSegment(u.Id, u.DurationSeconds, AcousticVector.Of(u.Samples)));

    static UnlabelledSegment AsHeard(
        UnlabelledSegment segment, IReadOnlyDictionary<string, Transcription> now, IReadOnlyDictionary<string, Transcription>? before) =>
        segment with
        {
            Text = now[segment.Id].Text,
            Confidence = now[segment.Id].Confidence,
            Disagreement = before is null ? null : ErrorRate.Disagreement(now[segment.Id].Text, before[segment.Id].Text),
        };

    static LabelledUtterance[] Choose(
        SelectionRecipe recipe, UnlabelledSegment[] pool, LabelledUtterance[] recordings, List<LabelledUtterance> labelled) =>
        [.. new SegmentSelector(recipe).Choose(pool, [.. labelled.Select(u => AcousticVector.Of(u.Samples))], RoundSeconds)
            .Select(p => recordings.Single(u => u.Id == p.Segment.Id))];
}
