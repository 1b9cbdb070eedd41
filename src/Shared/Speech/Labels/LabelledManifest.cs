using System.Globalization;
using System.Text.Json;

namespace Ssl.Shared.Speech.Labels;

/// <summary>
/// A labelled set: <c>manifest.jsonl</c>, one JSON object a line with <c>audio_filepath</c> (absolute, or relative to the manifest),
/// <c>text</c> and, optionally, <c>offset</c> and <c>duration</c> (seconds; the stretch of the file that is meant), <c>speaker</c>,
/// <c>domain</c> and <c>split</c>; other fields are ignored (the layout that NeMo and others use). <c>file_name</c>, <c>audio_path</c>,
/// <c>audio</c> and <c>path</c> stand for <c>audio_filepath</c>, <c>transcript</c>, <c>transcription</c> and <c>sentence</c> for
/// <c>text</c>. A line that cannot be used becomes a problem with its line number; the other lines are used.
/// </summary>
public sealed record LabelledManifest(string Path, IReadOnlyList<LabelledRecording> Entries, IReadOnlyList<ManifestProblem> Problems)
{
    static readonly string[] AudioNames = ["audio_filepath", "file_name", "audio_path", "audio", "path"];
    static readonly string[] TextNames = ["text", "transcript", "transcription", "sentence"];

    /// <summary>Reads the manifest; a missing file is a problem too, not an exception.</summary>
    public static LabelledManifest Read(string path)
    {
        var manifest = System.IO.Path.GetFullPath(path);
        var (entries, problems) = (new List<LabelledRecording>(), new List<ManifestProblem>());
        try
        {
            var folder = System.IO.Path.GetDirectoryName(manifest)!;
            var lines = new Dictionary<(string Path, double Offset, double? Duration), int>(); // of each stretch
            foreach (var (index, text) in File.ReadLines(manifest).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)))
            {
                var (recording, reason) = ReadLine(index + 1, text, folder);
                if (recording is not null
                    && lines.TryAdd((recording.AudioPath, recording.OffsetSeconds, recording.DurationSeconds), index + 1))
                    entries.Add(recording);
                else
                    problems.Add(new ManifestProblem(manifest, index + 1, reason ?? $"{recording!.Id}: has a text already, in line "
                        + lines[(recording.AudioPath, recording.OffsetSeconds, recording.DurationSeconds)]));
            }
            if (entries.Count == 0)
                problems = OfAll(manifest, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(manifest, 0, e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : e.Message));
        }
        return new LabelledManifest(manifest, entries, problems);
    }

    /// <summary>A file of another layout is one problem, however many lines it has.</summary>
    static List<ManifestProblem> OfAll(string manifest, List<ManifestProblem> problems)
    {
        var first = File.ReadLines(manifest).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "";
        var other = first.StartsWith('[') ? "is a JSON array: write one object a line (jq -c '.[]' OLD.json > manifest.jsonl)"
            : !first.StartsWith('{') && first.AsSpan().ContainsAny('\t', ',', ';')
                ? "is a table: write one JSON object a line, {\"audio_filepath\": \"...\", \"text\": \"...\"}" : null;
        var all = problems.Count == 0 ? "holds no line" : $"not one of its {problems.Count} lines can be used";
        return other is null ? [new(manifest, 0, all), .. problems] : [new(manifest, 0, other)];
    }

    static (LabelledRecording? Recording, string? Reason) ReadLine(int number, string line, string folder)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var fields = json.RootElement;
            if (fields.ValueKind != JsonValueKind.Object)
                return (null, "is not a JSON object");
            if (Text(fields, AudioNames) is not { Length: > 0 } file)
                return (null, "has no audio_filepath");
            if (file.Contains('\0', StringComparison.Ordinal))
                return (null, "its audio_filepath holds a NUL character");
            if (Text(fields, TextNames) is not { } text)
                return (null, $"{file}: has no text");
            if (string.IsNullOrWhiteSpace(text))
                return (null, $"{file}: the text is empty");
            if (Seconds(fields, "offset") is not { } offset || Seconds(fields, "duration") is not { } duration)
                return (null, $"{file}: offset and duration are seconds, 0 or more");
            var audio = Find(folder, file);
            if (!File.Exists(audio))
                return (null, $"{file}: no such file ({audio})");
            var id = offset > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{file}#t={offset},{(duration > 0 ? offset + duration : "")}")
                : file;
            return (new LabelledRecording(number, id, audio, text, Text(fields, "speaker"), Text(fields, "split"))
            {
                OffsetSeconds = offset,
                DurationSeconds = duration > 0 ? duration : null,
                Domain = Text(fields, "domain"),
            }, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // half a surrogate pair is found when text is read
        {
            return (null, line.Contains("NaN", StringComparison.Ordinal) || line.Contains("Infinity", StringComparison.Ordinal)
                ? "NaN and Infinity are no numbers of JSON: leave the field out" : $"is not JSON: {e.Message}");
        }
    }

    /// <summary>Below the manifest's folder or absolute; <c>~/</c> is the home folder, and Windows' separators are understood.</summary>
    static string Find(string folder, string file)
    {
        var home = file.StartsWith("~/", StringComparison.Ordinal) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) : "";
        string Full(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, relative));
        var found = Full(home.Length > 0 ? System.IO.Path.Combine(home, file[2..]) : file);
        return File.Exists(found) || !file.Contains('\\', StringComparison.Ordinal) ? found : Full(file.Replace('\\', '/'));
    }

    /// <returns>0 if it is absent; null if it is no number of seconds.</returns>
    static double? Seconds(JsonElement fields, string name) => Text(fields, name) is not { } text ? 0
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e9 ? seconds
        : null;

    /// <summary>Of the first name that is there.</summary>
    static string? Text(JsonElement fields, string[] names) =>
        names.Select(name => Text(fields, name)).FirstOrDefault(text => text is not null);

    /// <summary>Text, or a number as it is written, because speakers often are numbers.</summary>
    static string? Text(JsonElement fields, string name) => !fields.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
