using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Recipes;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

/// <summary>Rounds on <see cref="Tones"/>, and a recognizer that understands them, trained once for all tests.</summary>
static class TunedTones
{
    public static LabelledSet Labels { get; } = new(Tones.Utterances(40, seed: 1), Tones.Utterances(30, seed: 2), [], null)
    {
        HiddenGate = Tones.Utterances(15, seed: 4),
    };

    static readonly Lazy<TunedCandidate> Shared = new(() => Run(Encoder(), Labels, Tones.Updates));

    /// <summary>Of which the encoder is <see cref="Encoder"/>; not to be disposed.</summary>
    public static TunedCandidate Champion => Shared.Value;

    public static SpeechEncoder Encoder() => SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);

    public static TunedCandidate Run(
        SpeechEncoder encoder, LabelledSet labels, int updates, GateSubject? champion = null, IReadOnlyList<Utterance>? stream = null,
        int seed = 0)
    {
        TorchRuntime.UseThreads(1);
        using (encoder)
        {
            var inputs = new TuningInputs(encoder, labels) { Champion = champion, Stream = stream is null ? null : _ => stream };
            var recipe = Tones.Recipe with { MinEpochs = 0 };
            return new TuningRound(recipe, new DecodingRecipe(), new GateOptions(), seed, TimeProvider.System)
                .Run(inputs, new FineTuningBudget(TimeSpan.FromHours(1), updates), null, TestContext.Current.CancellationToken);
        }
    }

    public static GateSubject Subject(TunedCandidate candidate) =>
        new(candidate.Outcome.Recognizer.Transcribe, candidate.Outcome.Recognizer.WeightBytes)
        {
            IsFinite = double.IsFinite(candidate.Outcome.Loss) && candidate.Outcome.Recognizer.IsFinite,
        };
}
