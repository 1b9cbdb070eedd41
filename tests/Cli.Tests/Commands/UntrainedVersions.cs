using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Cli.Tests.Commands;

/// <summary>Recognizers that were never trained, in a registry; the first is the champion.</summary>
static class UntrainedVersions
{
    public static void Publish(string registryPath, int count)
    {
        var registry = new ModelRegistry(
            new RegistryOptions { Path = registryPath }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var epoch = registry.AcquireEpoch("transcriber");
        var vocabulary = Vocabulary.FromTexts(["abcdef"]);
        for (var seed = 1; seed <= count; seed++)
        {
            using var recognizer =
                new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed), vocabulary.Size, seed), vocabulary);
            registry.Publish(ModelKind.Recognizer, new ManifestDraft { EncoderNumber = 1, Health = ModelHealth.Promoted }, epoch,
                path => ModelFolder.SaveRecognizer(path, recognizer));
        }
        registry.MoveAlias(ModelId.Champion, 1, epoch, "the first");
    }
}
