using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>A labelled folder in memory: its recordings by split, in the manifest's order.</summary>
sealed record SpeechCorpus(string Name, IReadOnlyList<CorpusRecording> Recordings)
{
    public IReadOnlyList<CorpusRecording> Split(string split) => [.. Recordings.Where(r => r.Split == split)];

    /// <summary>Splits to be scored on, by name.</summary>
    public Dictionary<string, IReadOnlyList<LabelledUtterance>> HeldOut(params IEnumerable<string> splits) =>
        splits.ToDictionary(split => split, split => (IReadOnlyList<LabelledUtterance>)[.. Split(split).Select(r => r.Utterance)]);

    /// <exception cref="InvalidDataException">The folder is not there, or a recording of it cannot be read.</exception>
    public static SpeechCorpus Read(string dataFolder, string name)
    {
        var manifest = LabelledManifest.Read(Path.Combine(dataFolder, name, "manifest.jsonl"));
        if (manifest.Problems.Count > 0)
            throw new InvalidDataException(manifest.Problems[0].ToString());
        return new SpeechCorpus(name, [.. manifest.Entries.AsParallel().AsOrdered().Select(Read)]);
    }

    static CorpusRecording Read(LabelledRecording entry)
    {
        var audio = AudioFile.Read(entry.AudioPath);
        if (!audio.Ok)
            throw new InvalidDataException($"{entry.AudioPath}: {audio.Detail}");
        return new CorpusRecording(new LabelledUtterance(entry.Id, Vocabulary.Normalise(entry.Text), audio.Samples), entry.Speaker ?? "", entry.Split ?? "");
    }
}
