using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>The labels of a line in the store, each decoded once. Used by one thread at a time.</summary>
sealed class TopicLabels(string line, LabelOptions options, LabelStore store)
{
    Dictionary<StoredLabel, Label> decoded = [];

    /// <summary>In the order of the topic.</summary>
    public IReadOnlyList<Label> Read(IReadOnlyDictionary<string, StoredLabel> stored, Action beat, CancellationToken ct)
    {
        var labels = new Dictionary<StoredLabel, Label>();
        foreach (var label in stored.Values.Where(l => l.Line == line).OrderBy(l => (l.Partition, l.Offset)))
        {
            ct.ThrowIfCancellationRequested();
            beat();
            if ((decoded.GetValueOrDefault(label) ?? Decode(label, options, store)) is { } usable)
                labels.Add(label, usable);
        }
        decoded = labels;
        return [.. labels.Values];
    }

    /// <returns>Null: it was replaced meanwhile, and will be read as what it is then.</returns>
    public static Label? Decode(StoredLabel label, LabelOptions options, LabelStore store)
    {
        var limits = DecodeLimits.OfLabel with { Truncated = options.Truncated };
        if (store.AudioOf(label) is not { } bytes || AudioDecoder.Decode(bytes, label.ContentType, limits) is not { Ok: true } audio)
            return null;
        var utterance = new LabelledUtterance(label.Id, options.Policy.Apply(label.Text), audio.Samples)
        {
            Speaker = label.Speaker,
            Domain = label.Domain,
        };
        return new Label(utterance, label.Audio, label.Text, label.Split,
            new StreamPosition(Topics.AudioLabeled, label.Partition, label.Offset));
    }
}
