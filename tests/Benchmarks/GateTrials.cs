using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Recipes;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Benchmarks;

/// <summary>
/// The gate on real recognizers of spoken digits: how often two that differ in their seed alone are told apart (A/A), and how many rounds a
/// loop with a small gate takes to get better.
/// </summary>
sealed class GateTrials(string dataFolder)
{
    const int Pairs = 200;
    const int Updates = 300;
    const int RoundUpdates = 80;
    const int Rounds = 8;
    static readonly FineTuningRecipe Recipe = new() { HeadOnlyShare = 0, BatchAudioSeconds = 10 }; // from scratch
    static readonly CancellationToken Ct = CancellationToken.None;

    readonly LabelledUtterance[] train = Read(dataFolder, "train", 400);
    readonly LabelledUtterance[] heldOut = Read(dataFolder, "test", 300);
    readonly Dictionary<int, IReadOnlyList<ScoredRecording>> heard = []; // by seed

    public void Print()
    {
        foreach (var (gate, hidden) in new[] { (14, 6), (54, 26), (200, 100) })
            Swapped(gate, hidden);
        foreach (var (gate, hidden) in new[] { (14, 6), (54, 26) })
            Loop(gate, hidden);
    }

    void Swapped(int gate, int hidden)
    {
        var (one, other, random) = (Heard(seed: 1), Heard(seed: 2), new Random(3));
        var verdicts = Enumerable.Range(0, Pairs).Select(_ =>
        {
            bool[] swap = [.. one.Select(_ => random.Next(2) == 0)];
            var recordings = one.Select(r => r.Recording).ToArray();
            random.Shuffle(recordings);
            return new PromotionGate(new GateOptions()).Judge(
                Hearing(one.Zip(other, swap).Select(r => r.Third ? r.Second : r.First)),
                Hearing(one.Zip(other, swap).Select(r => r.Third ? r.First : r.Second)),
                new GateSets(recordings[..gate], recordings[gate..(gate + hidden)], new TextPolicy()), Ct).Verdict;
        }).CountBy(v => v);
        Console.WriteLine($"A/A, {gate} + {hidden} recordings: {string.Join(", ", verdicts.Select(v => $"{v.Value} {v.Key}"))} of {Pairs}");
    }

    /// <summary>As the service: each round starts from the last candidate if that led, else from the champion.</summary>
    void Loop(int gate, int hidden)
    {
        var labels = new LabelledSet(train, heldOut[..gate], [], null) { HiddenGate = heldOut[gate..(gate + hidden)] };
        FormerRecognizer? champion = null, start = null;
        for (var round = 1; round <= Rounds; round++)
        {
            var candidate = Tune(labels, RoundUpdates, round, start, champion is null ? null : Subject(champion.Recognizer));
            var judged = candidate.Judged;
            var error = HeldOutScorer.Score(candidate.Outcome.Recognizer.Transcribe, TextReading.Words, heldOut, Ct).CharacterErrorRate;
            Console.WriteLine(
                $"{gate} + {hidden} recordings, round {round}: {judged.Verdict}, character error on all 300 {error:0.000}; {judged.Why}");
            var made = new FormerRecognizer(candidate.Outcome.Recognizer, Encoder());
            champion = judged.MayServe ? made : champion;
            start = judged.MayServe || judged.Leads || champion is null ? made : champion;
        }
    }

    IReadOnlyList<ScoredRecording> Heard(int seed)
    {
        if (!heard.TryGetValue(seed, out var texts))
        {
            using var tuned = Tune(new LabelledSet(train, [], [], null), Updates, seed, null, null);
            heard[seed] = texts = HeldOutScorer.Transcripts(
                tuned.Outcome.Recognizer.Transcribe, TextReading.Words, heldOut, new TextPolicy(), Ct);
            Console.WriteLine(
                $"seed {seed}: character error {texts.Sum(r => r.Characters.Errors) / (double)texts.Sum(r => r.Characters.Length):0.000}");
        }
        return texts;
    }

    static TunedCandidate Tune(LabelledSet labels, int updates, int seed, FormerRecognizer? former, GateSubject? champion)
    {
        using var encoder = Encoder();
        return new TuningRound(Recipe, new DecodingRecipe(), new GateOptions(), seed, TimeProvider.System).Run(
            new TuningInputs(encoder, labels) { Former = former, Champion = champion },
            new FineTuningBudget(TimeSpan.FromDays(1), updates), null, Ct);
    }

    static SpeechEncoder Encoder() => SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1);

    static GateSubject Subject(Recognizer recognizer) => new(recognizer.Transcribe, recognizer.WeightBytes);

    /// <summary>Recordings are known by their samples.</summary>
    static GateSubject Hearing(IEnumerable<ScoredRecording> table)
    {
        var texts = table.ToDictionary(r => r.Recording.Samples, r => r.Text);
        return new GateSubject((clips, _) => [.. clips.Select(c => new Transcription(texts[c], [], 0.9))], WeightBytes: 0);
    }

    static LabelledUtterance[] Read(string dataFolder, string split, int count)
    {
        LabelledRecording[] entries =
            [.. LabelledManifest.Read(Path.Combine(dataFolder, "digits", "manifest.jsonl")).Entries.Where(e => e.Split == split)];
        new Random(1).Shuffle(entries);
        return [.. entries.Take(count).Select(e => new LabelledUtterance(e.Id, e.Text, AudioFile.Read(e.AudioPath).Samples))];
    }
}
