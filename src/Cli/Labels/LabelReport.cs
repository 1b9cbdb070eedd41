using System.Text;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Cli.Labels;

/// <summary>What a labelled set holds, as it will be learnt from.</summary>
/// <param name="Recordings">That can be used, each with its duration in seconds and its normalised text.</param>
sealed record LabelReport(
    IReadOnlyList<(LabelledRecording Line, double Seconds, string Text)> Recordings, IReadOnlyList<ManifestProblem> Problems)
{
    /// <summary>Reads and decodes every recording; none is kept in memory.</summary>
    /// <param name="read">Told how many were read.</param>
    public static LabelReport Of(LabelledManifest manifest, TextPolicy policy, Action<int>? read, CancellationToken ct)
    {
        var (reader, problems) = (new RecordingReader(policy), manifest.Problems.ToList());
        var recordings = new List<(LabelledRecording, double, string)>();
        foreach (var (before, line) in manifest.Entries.Index())
        {
            ct.ThrowIfCancellationRequested();
            read?.Invoke(before);
            if (reader.Read(line, out var problem) is { } utterance)
                recordings.Add((line, utterance.DurationSeconds, utterance.Text));
            if (problem is not null)
                problems.Add(new ManifestProblem(manifest.Path, line.Line, $"{line.Id}: {problem}"));
        }
        return new LabelReport(recordings, [.. problems.OrderBy(p => p.Line)]);
    }

    /// <summary>What it says as fields, for programs.</summary>
    public object Fields() => new
    {
        Recordings = Recordings.Count,
        DurationSeconds = Recordings.Sum(r => r.Seconds),
        Speakers = Recordings.Select(r => r.Line.Speaker).OfType<string>().Distinct().Count(),
        Splits = Recordings.GroupBy(r => r.Line.Split ?? "none").ToDictionary(g => g.Key, g => g.Count()),
        Problems = Problems.Select(p => new { p.Line, Text = p.ToString() }),
    };

    public override string ToString()
    {
        if (Recordings.Count == 0)
            return "no recording can be used";
        var text = new StringBuilder();
        Line("recordings", $"{Recordings.Count:N0}, {Recordings.Sum(r => r.Seconds) / 3600:0.00} h");
        foreach (var split in Recordings.GroupBy(r => r.Line.Split ?? "none").OrderBy(g => g.Key, StringComparer.Ordinal))
            Line($"split {split.Key}", $"{split.Count():N0}, {split.Sum(r => r.Seconds) / 3600:0.00} h");
        var speakers = Recordings.Select(r => r.Line.Speaker).OfType<string>().Distinct().Count();
        var unnamed = Recordings.Count(r => r.Line.Speaker is null);
        Line("speakers", unnamed == 0 ? $"{speakers}" : $"{speakers}; {unnamed:N0} recordings name none");
        var letters = Vocabulary.FromTexts(Recordings.Select(r => r.Text), new TextPolicy(LetterCase.Keep, Punctuation.Keep)).Letters;
        Line("letters", $"{letters.Count}: {string.Join(' ', letters)}");
        var (shortest, longest) = (Recordings.MinBy(r => r.Seconds), Recordings.MaxBy(r => r.Seconds));
        Line("shortest", $"{shortest.Seconds:0.00} s, {shortest.Line.Id}");
        Line("longest", $"{longest.Seconds:0.00} s, {longest.Line.Id}");
        var fastest = Recordings.MaxBy(LettersASecond);
        Line("fastest", $"{LettersASecond(fastest):0.0} letters a second, {fastest.Line.Id}");
        text.Append($"{"problems",-12}{Problems.Count:N0}");
        return text.ToString();

        void Line(string name, string value) => text.Append($"{name,-12}{value}\n");
        static double LettersASecond((LabelledRecording Line, double Seconds, string Text) recording) =>
            recording.Text.Length / Math.Max(recording.Seconds, 1.0 / AudioFormat.SampleRateHz);
    }
}
