using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>The labels of a manifest, read and decoded again whenever it has changed. Used by one thread at a time.</summary>
sealed class ManifestLabels(LabelOptions options)
{
    (DateTime Written, long Length)? readAt;

    public IReadOnlyList<Label> Labels { get; private set; } = [];
    /// <summary>Lines and files that are left out, with the reason.</summary>
    public IReadOnlyList<ManifestProblem> Problems { get; private set; } = [];

    /// <returns>Whether they are others than before.</returns>
    public bool Read(Action beat, CancellationToken ct)
    {
        if (options.ManifestPath is not { } path)
            return false;
        var file = new FileInfo(path);
        var now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (now == readAt)
            return false;
        var manifest = LabelledManifest.Read(path);
        var reader = new RecordingReader(options.Policy, truncated: options.Truncated);
        var (labels, problems) = (new List<Label>(), manifest.Problems.ToList());
        foreach (var recording in manifest.Entries)
        {
            ct.ThrowIfCancellationRequested();
            beat();
            if (reader.Read(recording, out var problem) is { } utterance)
                labels.Add(new Label(utterance, AudioId.Of(utterance.Samples.Span), recording.Text, recording.Split, Source: null));
            if (problem is not null)
                problems.Add(new ManifestProblem(manifest.Path, recording.Line, $"{recording.Id}: {problem}"));
        }
        (Labels, Problems, readAt) = (labels, problems, now);
        return true;
    }
}
