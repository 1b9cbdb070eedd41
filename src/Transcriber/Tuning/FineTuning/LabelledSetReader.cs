using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Reads and decodes the labelled set, again only when the manifest has changed. Used by one thread.</summary>
sealed class LabelledSetReader(LabelOptions options)
{
    (DateTime Written, long Length) readAt;
    LabelledSet? set;

    /// <param name="isNew">True: it was read just now, so its problems have not been logged yet.</param>
    public LabelledSet Read(string manifestPath, out bool isNew)
    {
        var file = new FileInfo(manifestPath);
        var now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        isNew = set is null || now != readAt;
        if (isNew)
            (set, readAt) = (Load(manifestPath), now);
        return set!;
    }

    LabelledSet Load(string manifestPath)
    {
        var manifest = LabelledManifest.Read(manifestPath);
        var problems = manifest.Problems.ToList();
        if (manifest.Entries.Count == 0)
            return new LabelledSet([], [], problems, problems[0].ToString());
        var split = LabelledSplit.Divide(manifest.Entries, options.TrainSplit, options.HeldOutSplit, options.HeldOutShare, options.HoldOutBy);
        if (split.Problem is not null)
            return new LabelledSet([], [], problems, $"{manifest.Path}: {split.Problem}");
        var train = Decode(split.Train, manifest.Path, problems);
        var heldOut = Decode(split.HeldOut, manifest.Path, problems);
        var unusable = train.Count > 0 && heldOut.Count > 0 ? null
            : $"{manifest.Path}: no {(train.Count == 0 ? "training" : "held-out")} recording can be used; the first problem: {problems.FirstOrDefault()}";
        return new LabelledSet(train, heldOut, problems, unusable);
    }

    List<LabelledUtterance> Decode(IReadOnlyList<LabelledRecording> recordings, string manifestPath, List<ManifestProblem> problems)
    {
        var utterances = new List<LabelledUtterance>(recordings.Count);
        var maxSeconds = options.LongestRecording.TotalSeconds;
        foreach (var recording in recordings)
        {
            var text = Vocabulary.Normalise(recording.Text);
            var audio = Decode(recording.AudioPath);
            var problem = !audio.Ok ? audio.Detail
                : text.Length == 0 ? "the text holds no letter"
                : audio.DurationSeconds > maxSeconds ? $"lasts {audio.DurationSeconds:0.0} s, more than {maxSeconds} s"
                : null;
            if (problem is null)
                utterances.Add(new LabelledUtterance(recording.Id, text, audio.Samples));
            else
                problems.Add(new ManifestProblem(manifestPath, recording.Line, $"{recording.Id}: {problem}"));
        }
        return utterances;
    }

    static DecodeResult Decode(string path)
    {
        try
        {
            return AudioFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DecodeResult.Refused(RejectReason.Empty, e.Message);
        }
    }
}
