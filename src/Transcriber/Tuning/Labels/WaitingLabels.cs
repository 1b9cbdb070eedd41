using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>
/// Labels of the topic for lines that this process has no settings for: they are kept, indexed and listed, and used once the line has
/// settings. Used by one thread at a time.
/// </summary>
sealed class WaitingLabels(TuningLines lines, LabelStore store)
{
    Dictionary<StoredLabel, ManifestIndex> indexed = []; // without the audio, which nobody needs yet

    /// <summary>What finds their audio.</summary>
    public IReadOnlyCollection<ManifestIndex> Index(IReadOnlyDictionary<string, StoredLabel> stored,
        Func<IReadOnlyCollection<Label>, ManifestIndex> of, Action beat, CancellationToken ct)
    {
        var now = new Dictionary<StoredLabel, ManifestIndex>();
        foreach (var label in stored.Values.Where(IsWaiting))
        {
            ct.ThrowIfCancellationRequested();
            beat();
            if (indexed.GetValueOrDefault(label) is { } known)
                now.Add(label, known);
            else if (TopicLabels.Decode(label, new LabelOptions(), store) is { } decoded)
                now.Add(label, of([decoded]));
        }
        indexed = now;
        return now.Values;
    }

    /// <summary>As people see them in lists.</summary>
    /// <param name="parts">By line, as they were assigned when the line had settings.</param>
    public IEnumerable<LabelEntry> Entries(IReadOnlyDictionary<string, StoredLabel> stored, IReadOnlyDictionary<string, LineParts> parts) =>
        stored.Values.Where(IsWaiting).OrderBy(l => (l.Partition, l.Offset)).Select(label => label.Entry(
            parts.GetValueOrDefault(label.Line)?.Recordings.TryGetValue(label.Audio, out var part) == true ? part : null,
            lines.WhyNot(label.Line)));

    bool IsWaiting(StoredLabel label) => lines.Of(label.Line) is null;
}
