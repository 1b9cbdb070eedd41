using System.Text.Json;

namespace Ssl.Shared.Speech.Labels;

/// <summary>
/// A labelled set: <c>manifest.jsonl</c>, one JSON object a line with <c>audio_filepath</c> (relative to the manifest), <c>text</c> and,
/// optionally, <c>duration</c> (s), <c>speaker</c>, <c>split</c>; other fields are ignored (the layout that NeMo and others use).
/// A line that cannot be used is a problem with its line number, and the rest is used.
/// </summary>
public sealed record LabelledManifest(string Path, IReadOnlyList<LabelledRecording> Entries, IReadOnlyList<ManifestProblem> Problems)
{
    /// <summary>Reads the manifest; never throws for what is in it, nor when it is not there.</summary>
    public static LabelledManifest Read(string path)
    {
        var manifest = System.IO.Path.GetFullPath(path);
        var entries = new List<LabelledRecording>();
        var problems = new List<ManifestProblem>();
        try
        {
            var folder = System.IO.Path.GetDirectoryName(manifest)!;
            var line = 0;
            foreach (var text in File.ReadLines(manifest))
            {
                line++;
                if (string.IsNullOrWhiteSpace(text))
                    continue;
                var (recording, reason) = ReadLine(line, text, folder);
                if (recording is not null)
                    entries.Add(recording);
                else
                    problems.Add(new ManifestProblem(manifest, line, reason!));
            }
            if (entries.Count == 0)
                problems.Insert(0, new ManifestProblem(manifest, 0, problems.Count == 0 ? "holds no line" : $"not one of its {problems.Count} lines can be used"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ManifestProblem(manifest, 0, e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : e.Message));
        }
        return new LabelledManifest(manifest, entries, problems);
    }

    static (LabelledRecording? Recording, string? Reason) ReadLine(int number, string line, string folder)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return (null, "is not a JSON object");
            var fields = json.RootElement;
            if (Text(fields, "audio_filepath") is not { Length: > 0 } id)
                return (null, "has no audio_filepath");
            if (Text(fields, "text") is not { } text || string.IsNullOrWhiteSpace(text))
                return (null, $"{id}: the text is empty");
            var audio = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, id));
            if (!File.Exists(audio))
                return (null, $"{id}: no such file ({audio})");
            return (new LabelledRecording(number, id, audio, text, Text(fields, "speaker"), Text(fields, "split"), Number(fields, "duration")), null);
        }
        catch (JsonException e)
        {
            return (null, $"is not JSON: {e.Message}");
        }
    }

    /// <summary>Speakers are often written as bare numbers.</summary>
    static string? Text(JsonElement fields, string name) =>
        !fields.TryGetProperty(name, out var value) ? null :
        value.ValueKind == JsonValueKind.String ? value.GetString() :
        value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;

    static double? Number(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
