using Ssl.Shared.Model;
using Ssl.Shared.Recognition;
using Ssl.Shared.Registry;

namespace Ssl.Transcriber.Serving;

/// <summary>From a number in the registry to a warm model: hashes, shapes and finite weights are checked, and one forward is run.</summary>
sealed class RecognizerLoader(FolderRegistry registry)
{
    /// <returns>The model, owned by the caller; or why there is none.</returns>
    public (ServingModel? Model, string? Reason) Load(int number)
    {
        var opened = registry.Open(ModelKind.Recognizer, number);
        if (opened.Value is not { } version)
            return (null, opened.Reason);
        try
        {
            var model = ServingModel.Of(number, version.Manifest.EncoderNumber ?? 0, ModelFolder.LoadRecognizer(version.Folder));
            model.WarmUp();
            return (model, null);
        }
        catch (InvalidModelException e)
        {
            return (null, e.Message);
        }
    }
}
