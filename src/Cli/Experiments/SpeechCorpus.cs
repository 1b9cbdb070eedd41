using System.Runtime.ExceptionServices;
using Ssl.Shared.Audio;
using Ssl.Shared.Labels;
using Ssl.Shared.Recognition;

namespace Ssl.Cli.Experiments;

/// <summary>A labelled folder in memory: its recordings by split, in the manifest's order.</summary>
sealed record SpeechCorpus(string Name, IReadOnlyList<CorpusRecording> Recordings)
{
    public IReadOnlyList<CorpusRecording> Split(string split) => [.. Recordings.Where(r => r.Split == split)];

    /// <exception cref="InvalidDataException">The folder is not there, or a recording of it cannot be read.</exception>
    public static SpeechCorpus Read(string dataFolder, string name)
    {
        var manifest = LabelledManifest.Read(Path.Combine(dataFolder, name, "manifest.jsonl"));
        if (manifest.Problems.Count > 0)
            throw new InvalidDataException(manifest.Problems[0].ToString());
        try
        {
            return new SpeechCorpus(name, [.. manifest.Entries.AsParallel().AsOrdered().Select(Read)]);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // what went wrong, not that it was in parallel
            throw;
        }
    }

    static CorpusRecording Read(LabelledRecording entry)
    {
        var audio = AudioFile.Read(entry.AudioPath);
        if (!audio.Ok)
            throw new InvalidDataException($"{entry.AudioPath}: {audio.Detail}");
        return new CorpusRecording(new LabelledUtterance(entry.Id, Vocabulary.Normalise(entry.Text), audio.Samples), entry.Speaker ?? "", entry.Split ?? "");
    }
}
