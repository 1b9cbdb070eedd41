using Ssl.Learner.Publishing;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using TorchSharp;

namespace Ssl.Cli.Models;

/// <summary>Takes a model folder of transformers into a registry: its encoder as a version that training or fine-tuning may begin with, and, where it spells, a recognizer.</summary>
sealed class ModelImport(ModelRegistry registry)
{
    /// <summary>A role of its own: a Learner and a Transcriber that run beside it keep their turns.</summary>
    const string Writer = "import";

    /// <param name="promote">Lets an imported recognizer serve even where a champion does; where none does, it serves anyway.</param>
    /// <returns>The versions' numbers; no recognizer where the folder has no vocabulary.</returns>
    /// <exception cref="InvalidModelException">What is wrong with which file and key; nothing was taken in.</exception>
    public (int Encoder, int? Recognizer, bool Promoted) Run(string folder, bool promote)
    {
        if (!Directory.Exists(folder))
            throw new InvalidModelException($"{folder}: no such folder");
        using var recognizer = File.Exists(Path.Combine(folder, ModelFolder.VocabularyFile)) ? ModelFolder.LoadRecognizer(folder) : null;
        using var alone = recognizer is null ? ModelFolder.LoadEncoder(folder) : null;
        var from = $"imported from {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}";
        var epoch = registry.AcquireEpoch(Writer);
        var encoder = registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = ModelHealth.Healthy }, epoch, path => Save(path, folder, recognizer?.Model.Encoder ?? alone!)).Number;
        if (recognizer is null)
            return (encoder, null, false);
        var aliases = registry.Aliases();
        var former = aliases.GetValueOrDefault(ModelId.Champion)?.Number;
        var serves = promote || former is null;
        var draft = new ManifestDraft { EncoderNumber = encoder, Parent = former, Health = serves ? ModelHealth.Promoted : from };
        var number = registry.Publish(ModelKind.Recognizer, draft, epoch, path => ModelFolder.SaveRecognizer(path, recognizer)).Number;
        registry.MoveAlias(ModelId.Candidate, number, epoch, from);
        var champion = new Champion(registry);
        if (promote)
            champion.Promote(number, epoch, from);
        else if (serves)
            serves = champion.TryPromote(number, null, aliases, epoch, from, out _);
        return (encoder, number, serves);
    }

    /// <summary>With what a pretraining model has beside its encoder, so that training goes on with its quantiser.</summary>
    static void Save(string path, string folder, SpeechEncoder encoder)
    {
        ModelFolder.SaveEncoder(path, encoder);
        using var scope = torch.NewDisposeScope();
        var heads = ModelFolder.ReadPretrainingHeads(folder);
        if (heads.Count > 0)
            SafetensorsFile.Write(Path.Combine(path, EncoderPublisher.HeadsFile), heads.Select(t => (t.Key, t.Value)));
    }
}
