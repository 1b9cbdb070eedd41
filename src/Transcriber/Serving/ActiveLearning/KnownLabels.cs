using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>What is labelled, as the tuner has it in the registry: such audio, that of the gates above all, is not proposed.</summary>
sealed class KnownLabels
{
    readonly HashSet<string> recordings; // AudioId
    readonly LabelledAudio audio;

    KnownLabels(LabelCatalogue catalogue, LabelIndex index)
    {
        recordings = [.. catalogue.Parts.Values.SelectMany(p => p.Recordings.Keys), .. catalogue.Labels.Select(l => l.Id)];
        audio = new LabelledAudio(index.AllWindows);
        Vectors = [.. MemoryMarshal.Cast<byte, float>(index.AllVectors).ToArray().Chunk(AcousticVector.Size)];
    }

    /// <summary><see cref="AcousticVector"/> of each label.</summary>
    public IReadOnlyList<float[]> Vectors { get; }

    /// <param name="problem">Why nothing can be proposed yet.</param>
    /// <exception cref="InvalidDataException">A file of the registry was edited by hand and is not valid.</exception>
    public static KnownLabels? Read(ModelRegistry registry, out string problem)
    {
        var catalogue = LabelCatalogue.Read(registry); // first: the index has at least the labels that are listed
        var index = LabelIndex.Read(registry);
        problem = "the tuner has not indexed the audio of its labels yet, without which those of the gate might be proposed: it does so "
            + "when it runs on this registry (Transcriber:Role=All or Tune)";
        return index is null && catalogue.Labels.Count > 0 ? null : new KnownLabels(catalogue, index ?? new());
    }

    /// <summary>Whether it has ever been labelled, or holds a stretch of what is.</summary>
    public bool Hold(StreamSegment segment) => recordings.Contains(segment.Id.Audio) || audio.Holds(segment.Samples.Span);

    /// <summary>Whether the recording has ever been labelled.</summary>
    /// <param name="recording">Its <see cref="AudioId"/>.</param>
    public bool Hold(string recording) => recordings.Contains(recording);
}
