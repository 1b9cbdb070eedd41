using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tests.Serving;

/// <summary>Small untrained recognizers in a registry.</summary>
static class TestRecognizers
{
    /// <param name="compared">The version that the gate called it better than, without an error; null: no gate.</param>
    public static int Publish(ModelRegistry registry, int seed, string health = ModelHealth.Promoted, int? compared = null)
    {
        var figures = new GateFigures { Name = GateFigures.Gate, Recordings = 9, CharacterErrorRate = 0, WordErrorRate = 0 };
        var vocabulary = Vocabulary.FromTexts(["abcdef"]);
        using var recognizer =
            new Recognizer(new CtcModel(SpeechEncoder.Create(Tones.SmallEncoder, seed), vocabulary.Size, seed), vocabulary);
        var draft = new ManifestDraft
        {
            EncoderNumber = 1,
            Health = health,
            Parent = compared,
            Gate = compared is null ? null : new GateReport { Verdict = GateVerdicts.Better, Reasons = ["test"], Sets = [figures] },
        };
        return registry.Publish(ModelKind.Recognizer, draft, registry.AcquireEpoch("test"), folder =>
            ModelFolder.SaveRecognizer(folder, recognizer)).Number;
    }

    public static void Name(ModelRegistry registry, string alias, int number) =>
        registry.MoveAlias(alias, number, registry.AcquireEpoch("test"), "test");
}
