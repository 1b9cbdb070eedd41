using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tests.Serving;

/// <summary>Small untrained recognizers in a registry.</summary>
static class TestRecognizers
{
    public static int Publish(ModelRegistry registry, int seed, string health = ModelHealth.Promoted)
    {
        var vocabulary = Vocabulary.FromTexts(["abcdef"]);
        using var recognizer =
            new Recognizer(new CtcModel(SpeechEncoder.Create(Tones.SmallEncoder, seed), vocabulary.Size, seed), vocabulary);
        return registry.Publish(ModelKind.Recognizer, new ManifestDraft { EncoderNumber = 1, Health = health },
            registry.AcquireEpoch("test"), folder => ModelFolder.SaveRecognizer(folder, recognizer)).Number;
    }

    public static void Name(ModelRegistry registry, string alias, int number) =>
        registry.MoveAlias(alias, number, registry.AcquireEpoch("test"), "test");
}
