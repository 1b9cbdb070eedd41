using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>Spoken digits (Free Spoken Digit Dataset): the training speakers' recordings, a tenth of them held out.</summary>
sealed class DigitRecordings
{
    const int HeldOutTakes = 5;

    readonly string folder;

    public DigitRecordings()
    {
        var manifest = SharedFolder.Data(Path.Combine("digits", "manifest.jsonl"));
        folder = Path.GetDirectoryName(manifest)!;
        var entries = File.ReadLines(manifest).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(e => e.GetProperty("split").GetString() == "train")
            .Select(e => new Recording(
                Path.Combine(folder, e.GetProperty("audio_filepath").GetString()!), e.GetProperty("text").GetString()!))
            .ToArray();
        HeldOut = [.. entries.Where(r => r.Take < HeldOutTakes)];
        Training = [.. entries.Where(r => r.Take >= HeldOutTakes)];
    }

    public IReadOnlyList<Recording> Training { get; }

    public IReadOnlyList<Recording> HeldOut { get; }

    /// <summary>
    /// A labelled set as a user would write it; <paramref name="labelledTakes"/> recordings a speaker and digit to learn from.
    /// </summary>
    public string WriteManifest(string path, int labelledTakes)
    {
        File.WriteAllLines(path, Labelled(labelledTakes).Select(l => Line(l.Recording.Path, l.Recording.Text, l.Split)));
        return path;
    }

    /// <summary>The same as a folder that is complete in itself: <c>manifest.jsonl</c> with the recordings beside it.</summary>
    public void CopyTo(string target, int labelledTakes)
    {
        Directory.CreateDirectory(target);
        var labelled = Labelled(labelledTakes).ToArray();
        foreach (var (recording, _) in labelled)
            File.Copy(recording.Path, Path.Combine(target, Path.GetFileName(recording.Path)));
        File.WriteAllLines(Path.Combine(target, "manifest.jsonl"),
            labelled.Select(l => Line(Path.GetFileName(l.Recording.Path), l.Recording.Text, l.Split)));
    }

    IEnumerable<(Recording Recording, string Split)> Labelled(int takes) =>
        Training.Where(r => r.Take < HeldOutTakes + takes).Select(r => (r, "train")).Concat(HeldOut.Select(r => (r, "test")));

    static string Line(string path, string text, string split) => JsonSerializer.Serialize(new { audio_filepath = path, text, split });

    /// <summary>Files are named <c>digit_speaker_take.flac</c>.</summary>
    public sealed record Recording(string Path, string Text)
    {
        public int Take => int.Parse(System.IO.Path.GetFileNameWithoutExtension(Path).Split('_')[2]);
    }
}
