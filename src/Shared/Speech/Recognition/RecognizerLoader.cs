using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>Loads recognizer versions of the registry. Thread-safe.</summary>
/// <param name="torch">Names the type of the weights of what serves; null: 32-bit floats.</param>
public sealed class RecognizerLoader(ModelRegistry registry, DecodingRecipe decoding, TorchOptions? torch = null)
{
    const int WarmUpSamples = 16_000;

    /// <summary>Checks hashes, shapes and weights, and runs a warm-up: the first pass initialises kernels and thread pool.</summary>
    /// <returns>Owned by the caller; null, with the reason, if it cannot be loaded.</returns>
    public LoadedRecognizer? Load(int number, out string reason) => Load(number, torch?.Precision ?? Precision.Float32, out reason);

    /// <summary>Loads on a thread that ends with it: libtorch keeps buffers for each thread that ever ran a model.</summary>
    /// <param name="niceness">0 to 19; 19 yields most.</param>
    /// <returns>As <see cref="Load(int, out string)"/>.</returns>
    public async Task<(LoadedRecognizer? Loaded, string Reason)> LoadAsync(int number, int niceness)
    {
        var (loaded, reason) = (default(LoadedRecognizer), "");
        await ComputeThread.RunAsync("load", () => loaded = Load(number, out reason), torchThreads: 1, niceness);
        return (loaded, reason);
    }

    /// <inheritdoc cref="Load(int, out string)"/>
    /// <param name="precision">Type of the weights.</param>
    public LoadedRecognizer? Load(int number, Precision precision, out string reason)
    {
        if (registry.Open(ModelKind.Recognizer, number, out reason) is not { } version)
            return null;
        try
        {
            var recognizer = ModelFolder.LoadRecognizer(version.Path, decoding, precision: precision);
            recognizer.Transcribe([new short[WarmUpSamples]]);
            TorchRuntime.ReturnFreedMemory(); // what was read on the way
            return new LoadedRecognizer(number, version.Manifest.EncoderNumber ?? 0, recognizer.Transcribe, recognizer)
            {
                WithHotWords = recognizer.Transcribe,
                Listen = context => recognizer.Listen(context).Hear,
                WeightBytes = recognizer.WeightBytes,
            };
        }
        catch (InvalidModelException e)
        {
            reason = e.Message;
            return null;
        }
    }
}
