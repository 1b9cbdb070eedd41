using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>From a number in the registry to a warm model: hashes, shapes and finite weights are checked, and one forward is run.</summary>
sealed class RecognizerLoader(FolderRegistry registry, DecodingRecipe decoding)
{
    /// <returns>The model, owned by the caller; or why there is none.</returns>
    public (ServingModel? Model, string? Reason) Load(int number)
    {
        if (registry.Open(ModelKind.Recognizer, number, out var reason) is not { } version)
            return (null, reason);
        try
        {
            var model = ServingModel.Of(number, version.Manifest.EncoderNumber ?? 0, ModelFolder.LoadRecognizer(version.Path, decoding));
            model.WarmUp();
            return (model, null);
        }
        catch (InvalidModelException e)
        {
            return (null, e.Message);
        }
    }
}
