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
        var train = Training.Where(r => r.Take < HeldOutTakes + labelledTakes).Select(r => Line(r, "train"));
        File.WriteAllLines(path, [.. train, .. HeldOut.Select(r => Line(r, "test"))]);
        return path;
    }

    static string Line(Recording recording, string split) =>
        JsonSerializer.Serialize(new { audio_filepath = recording.Path, text = recording.Text, split });

    /// <summary>Files are named <c>digit_speaker_take.flac</c>.</summary>
    public sealed record Recording(string Path, string Text)
    {
        public int Take => int.Parse(System.IO.Path.GetFileNameWithoutExtension(Path).Split('_')[2]);
    }
}
