using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Experiments;

/// <summary>A labelled folder, <c>manifest.jsonl</c> and its audio, decoded into memory when a recording is first used.</summary>
/// <param name="maxPerSpeaker">Recordings of each speaker in each split, the first ones.</param>
/// <param name="maxSpeakers">Of each split, the first ones.</param>
sealed class SpeechCorpus(string dataFolder, string name, int maxPerSpeaker, int maxSpeakers = int.MaxValue)
{
    readonly string manifest = Path.Combine(dataFolder, name, "manifest.jsonl");
    IReadOnlyList<CorpusRecording>? recordings;

    /// <summary>Fingerprint of the manifest: which recordings, texts, speakers and splits; null where it is not there.</summary>
    public string? Manifest => File.Exists(manifest) ? Fingerprint.Of(File.ReadAllBytes(manifest)) : null;

    /// <summary>In the order of the manifest.</summary>
    /// <exception cref="InvalidDataException">The folder is not there, or a recording in it cannot be read.</exception>
    public IReadOnlyList<CorpusRecording> Recordings => recordings ??= Read();

    public IReadOnlyList<CorpusRecording> Split(string split) => [.. Recordings.Where(r => r.Split == split)];

    /// <summary>Splits to be scored on, by name.</summary>
    public Dictionary<string, IReadOnlyList<LabelledUtterance>> HeldOut(params IEnumerable<string> splits) =>
        splits.ToDictionary(split => split, split => (IReadOnlyList<LabelledUtterance>)[.. Split(split).Select(r => r.Utterance)]);

    CorpusRecording[] Read()
    {
        var labelled = LabelledManifest.Read(manifest);
        if (labelled.Problems.Count > 0)
            throw new InvalidDataException(labelled.Problems[0].ToString());
        var chosen = labelled.Entries.GroupBy(e => e.Split)
            .SelectMany(split => split.GroupBy(e => e.Speaker).Take(maxSpeakers))
            .SelectMany(speaker => speaker.Take(maxPerSpeaker))
            .OrderBy(e => e.Line);
        return [.. chosen.AsParallel().AsOrdered().Select(Decode)];
    }

    static CorpusRecording Decode(LabelledRecording entry)
    {
        var utterance = new RecordingReader(new TextPolicy(), double.PositiveInfinity).Read(entry, out var problem)
            ?? throw new InvalidDataException($"{entry.AudioPath}: {problem}");
        return new CorpusRecording(utterance, entry.Speaker ?? "", entry.Split ?? "");
    }
}
