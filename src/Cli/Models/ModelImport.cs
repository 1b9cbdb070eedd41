using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using TorchSharp;

namespace Ssl.Cli.Models;

/// <summary>
/// Takes a model folder of transformers into a registry: its encoder as a version that training or fine-tuning may begin with, and, where
/// it spells, a recognizer, which holds the weights of both.
/// </summary>
sealed class ModelImport(ModelRegistry registry, IProgress<ByteProgress>? progress = null)
{
    /// <summary>A role of its own: a Learner and a Transcriber that run beside it keep their turns.</summary>
    const string Writer = "import";

    /// <param name="promote">Lets an imported recognizer serve even where a champion does; where none does, it serves anyway.</param>
    /// <param name="language">Of a folder with several (MMS); null: the one that its tokenizer names.</param>
    /// <returns>The versions' numbers; no recognizer where the folder has no vocabulary.</returns>
    /// <exception cref="InvalidModelException">What is wrong with which file and key; nothing was taken in.</exception>
    public (int Encoder, int? Recognizer, bool Promoted) Run(string folder, bool promote, string? language = null)
    {
        if (!Directory.Exists(folder))
            throw new InvalidModelException($"{folder}: no such folder");
        var from = $"imported from {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}";
        var epoch = registry.AcquireEpoch(Writer);
        if (language is null && !File.Exists(Path.Combine(folder, ModelFolder.VocabularyFile)))
            return (Encoder(folder, epoch), null, false);
        var aliases = registry.Aliases();
        var former = aliases.GetValueOrDefault(ModelId.Champion)?.Number;
        var serves = promote || former is null;
        var (encoder, config) = (0, (EncoderConfig?)null);
        var number = registry.Publish(ModelKind.Recognizer, Draft, epoch, path =>
            config = ModelFolder.CopyRecognizer(folder, path, language, progress)).Number;
        registry.MoveAlias(ModelId.Candidate, number, epoch, from);
        var champion = new Champion(registry);
        if (promote)
            serves = champion.Promote(number, epoch, from) is { } refusal ? throw new InvalidModelException(
                $"recognizer {number} is in the registry, but was not promoted: {refusal}") : true;
        else if (serves)
            serves = champion.TryPromote(number, null, aliases, epoch, from, out _);
        return (encoder, number, serves);

        ManifestDraft Draft(int next)
        {
            var shape = new ManifestDraft { Health = ModelHealth.Healthy, RecognizerNumber = next };
            encoder = registry.Publish(ModelKind.Encoder, shape, epoch, path => ModelFolder.SaveShape(path, config!)).Number;
            return new() { EncoderNumber = encoder, Parent = former, Health = serves ? ModelHealth.Promoted : from };
        }
    }

    /// <summary>With what a pretraining model has beside its encoder, so that training goes on with its quantiser.</summary>
    int Encoder(string folder, WriterEpoch epoch)
    {
        using var scope = torch.NewDisposeScope();
        using var encoder = ModelFolder.LoadEncoder(folder);
        var heads = ModelFolder.ReadPretrainingHeads(folder).Select(t => (t.Key, t.Value));
        return registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = ModelHealth.Healthy }, epoch, path =>
            ModelFolder.SaveEncoder(path, encoder, heads)).Number;
    }
}
