using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>
/// Labels of the topic for lines that this process has no settings for: they are kept, indexed and listed, and used once the line has
/// settings. Used by one thread at a time.
/// </summary>
sealed class WaitingLabels(TuningLines lines, LabelStore store)
{
    readonly Dictionary<string, TopicLabels> sources = new(StringComparer.Ordinal); // by line

    public IReadOnlyList<Label> Read(IReadOnlyDictionary<string, StoredLabel> stored, Action beat, CancellationToken ct) =>
        [.. Lines(stored).SelectMany(line => Source(line).Read(stored, beat, ct))];

    /// <summary>As people see them in lists.</summary>
    /// <param name="parts">By line, as they were assigned when the line had settings.</param>
    public IEnumerable<LabelEntry> Entries(IReadOnlyDictionary<string, StoredLabel> stored, IReadOnlyDictionary<string, LineParts> parts) =>
        stored.Values.Where(IsWaiting).OrderBy(l => (l.Partition, l.Offset)).Select(label => label.Entry(
            parts.GetValueOrDefault(label.Line)?.Recordings.TryGetValue(label.Audio, out var part) == true ? part : null,
            lines.WhyNot(label.Line)));

    IEnumerable<string> Lines(IReadOnlyDictionary<string, StoredLabel> stored) =>
        stored.Values.Where(IsWaiting).Select(l => l.Line).Distinct(StringComparer.Ordinal);

    bool IsWaiting(StoredLabel label) => lines.Of(label.Line) is null;

    TopicLabels Source(string line) =>
        sources.TryGetValue(line, out var source) ? source : sources[line] = new TopicLabels(line, new LabelOptions(), store);
}
