using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Swapping;
using Ssl.Transcriber.Tests.Tuning.Gate;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Promotion;
using Ssl.Transcriber.Tuning.Recipes;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

/// <summary>A registry in a folder of its own, and the parts that make, judge and swap recognizers, as a process would hold them.</summary>
sealed class TestRegistry : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TemporaryFolder data = new();

    public TestRegistry()
    {
        Registry = new ModelRegistry(new RegistryOptions { Path = folder.Path }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        Learner = Registry.AcquireEpoch("learner");
        Restart();
    }

    public ModelRegistry Registry { get; }

    public WriterEpoch Learner { get; }

    public ServingSlot Slot { get; private set; } = null!;

    public ServingSlots Slots { get; private set; } = null!;

    public ChampionSwap Swap { get; private set; } = null!;

    public RecognizerRound Round { get; private set; } = null!;

    /// <summary>Of the tuner alone.</summary>
    public string DataPath => data.Path;

    public RoundStore Store { get; private set; } = null!;

    /// <summary>What the stream brought.</summary>
    public IReadOnlyList<Utterance> Stream { get; set; } = [];

    /// <summary>Whether servers give the candidate a share of the requests; for the next <see cref="Restart"/>.</summary>
    public bool Shadowed { get; set; }

    public GateOptions Gate { get; set; } = new();

    public LabelledSet Labels { get; } = new(Tones.Utterances(8, seed: 1), Tones.Utterances(6, seed: 2), [], null);

    /// <summary>What rounds compare with instead of the registry's champion.</summary>
    public LoadedRecognizer? Champion { get; set; }

    public int ChampionNumber => Registry.Aliases().GetValueOrDefault(ModelId.Champion)?.Number ?? 0;

    public RecognizerPublisher Publisher { get; private set; } = null!;

    public int Serving => Slot.Number ?? 0;

    public string RecognizerFile(int number, string name) => Path.Combine(folder.Path, "recognizers", $"{number:D6}", name);

    /// <summary>What a process holds in memory, anew.</summary>
    public void Restart(FineTuningRecipe? recipe = null, double pseudoLabelEpochs = 0, int updates = 2, string? roundFolder = null)
    {
        var options = new FineTuningOptions { MaxUpdates = updates, FirstBudget = TimeSpan.FromHours(1), Budget = TimeSpan.FromHours(1) };
        Slot = new ServingSlot(TimeProvider.System);
        var (loader, decoding) = (new RecognizerLoader(Registry, new DecodingRecipe()), new DecodingRecipe());
        var champions = new ChampionLoader(Registry, loader, NullLogger<ChampionLoader>.Instance);
        Publisher = new RecognizerPublisher(Registry, loader, decoding,
            new ShadowTrial(Registry, Gate, isOn: Shadowed, TimeProvider.System, NullLogger<ShadowTrial>.Instance));
        Slots = new ServingSlots(Slot, [ModelId.DefaultLine, "german"], TimeProvider.System);
        Swap = new ChampionSwap(Registry, loader, Slots, TimeProvider.System, NullLogger<ChampionSwap>.Instance);
        var tuned = (recipe ?? Tones.Recipe) with { MinEpochs = pseudoLabelEpochs };
        var tuning = new TuningRound(tuned, decoding, new GateOptions(), seed: 0, TimeProvider.System);
        Store = new RoundStore(roundFolder ?? data.File("round"), TimeProvider.System, NullLogger<RoundStore>.Instance);
        var plan = new RoundPlan(options, tuned, new RoundRecipe());
        Round = new RecognizerRound(Registry, tuning, _ => Stream, Publisher, LoadChampion, plan, Store,
            new RoundReport(Registry, TimeProvider.System, NullLogger<RecognizerRound>.Instance));

        LoadedRecognizer? LoadChampion(string line) => Champion ?? champions.Load(line);
    }

    public int PublishEncoder(int seed = 1, int? parent = null)
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed);
        return Registry.Publish(ModelKind.Encoder, new ManifestDraft
        {
            Parent = parent,
            Health = "healthy",
            AudioSecondsTrained = 60,
            Steps = 3
        }, Learner, f => ModelFolder.SaveEncoder(f, encoder)).Number;
    }

    /// <summary>A recognizer that was promoted, without training one.</summary>
    public int PublishChampion(WriterEpoch epoch, int seed = 1)
    {
        var number = PublishRecognizer(epoch, seed, encoder: 1);
        new Champion(Registry).Promote(number, epoch, "test");
        return number;
    }

    /// <summary>A recognizer that was promoted and understands tones.</summary>
    public int PublishTrained(WriterEpoch epoch)
    {
        var number = Publish(
            epoch, encoder: 1, new ManifestDraft { Health = ModelHealth.Promoted }, TunedTones.Champion.Outcome.Recognizer);
        new Champion(Registry).Promote(number, epoch, "test");
        return number;
    }

    public void PublishCandidate(WriterEpoch epoch, int seed, int encoder) =>
        Registry.MoveAlias(ModelId.Candidate, PublishRecognizer(epoch, seed, encoder), epoch, "test");

    /// <summary>A candidate that the gate compared with the champion.</summary>
    public void PublishEqual(WriterEpoch epoch, int seed, int champion, bool leads)
    {
        PublishJudged(epoch, seed, champion, new GateReport { Verdict = GateVerdicts.Equal, Reasons = ["test"], Leads = leads });
    }

    /// <summary>A version that the gate compared with another; not yet the candidate.</summary>
    public ModelManifest PublishJudged(WriterEpoch epoch, int seed, int? compared, GateReport judged, string? line = null)
    {
        using var recognizer = NewRecognizer(seed);
        var draft = new ManifestDraft { Parent = compared, Line = line, Gate = judged, Health = judged.Health };
        return Registry.Find(ModelKind.Recognizer, Publish(epoch, encoder: 1, draft, recognizer))!;
    }

    public void PublishRefused(WriterEpoch epoch, double pseudoLabelSeconds) =>
        PublishRecognizer(epoch, seed: 1, encoder: 1, "refused: worse", new RecognizerScores { PseudoLabelSeconds = pseudoLabelSeconds });

    int PublishRecognizer(WriterEpoch epoch, int seed, int encoder, string health = ModelHealth.Promoted, RecognizerScores? scores = null)
    {
        using var recognizer = NewRecognizer(seed);
        return Publish(epoch, encoder, new ManifestDraft { Health = health, Scores = scores }, recognizer);
    }

    static Recognizer NewRecognizer(int seed)
    {
        var vocabulary = Vocabulary.FromTexts(["abcdef"]);
        return new Recognizer(new CtcModel(SpeechEncoder.Create(Tones.SmallEncoder, seed), vocabulary.Size), vocabulary);
    }

    int Publish(WriterEpoch epoch, int encoder, ManifestDraft draft, Recognizer recognizer) =>
        Registry.Publish(ModelKind.Recognizer, draft with { EncoderNumber = encoder }, epoch, f =>
            ModelFolder.SaveRecognizer(f, recognizer)).Number;

    public void Dispose()
    {
        Slot.Dispose();
        folder.Dispose();
        data.Dispose();
    }
}
