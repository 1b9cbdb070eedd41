using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>Loads recognizer versions of the registry. Thread-safe.</summary>
public sealed class RecognizerLoader(ModelRegistry registry, DecodingRecipe decoding)
{
    const int WarmUpSamples = 16_000;

    /// <summary>Checks hashes, shapes and finite weights, and runs one forward pass: the first initialises kernels, allocator and thread pool.</summary>
    /// <returns>The recognizer, owned by the caller; null, and why, where it does not load.</returns>
    public LoadedRecognizer? Load(int number, out string reason)
    {
        if (registry.Open(ModelKind.Recognizer, number, out reason) is not { } version)
            return null;
        try
        {
            var recognizer = ModelFolder.LoadRecognizer(version.Path, decoding);
            recognizer.Transcribe([new short[WarmUpSamples]]);
            return new LoadedRecognizer(number, version.Manifest.EncoderNumber ?? 0, recognizer.Transcribe, recognizer);
        }
        catch (InvalidModelException e)
        {
            reason = e.Message;
            return null;
        }
    }
}
