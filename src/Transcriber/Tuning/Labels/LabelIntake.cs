using System.Text;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>Takes messages of <c>audio.labeled</c> into the store. What is no label changes nothing. Used by one thread.</summary>
sealed class LabelIntake(TuningLines lines, LabelStore store, ILogger<LabelIntake> logger)
{
    const string OptedOut = "opted_out";
    static readonly LabelOptions UntilThereAreSettings = new();

    readonly HashSet<string> waitingLines = new(StringComparer.Ordinal); // said

    /// <returns>Why it is refused; null: it was taken, durably.</returns>
    public LabelRefusal? Take(ConsumedMessage message)
    {
        var (label, reason, detail) = Read(message);
        if (reason == OptedOut)
            store.Remove(message.KeyText); // consent was withdrawn
        if (reason.Length > 0)
            return Refuse(message, reason, detail);
        if (label is null)
            TuningMetrics.LabelsTaken.WithLabels(store.Remove(message.KeyText) ? "removed" : "repeated").Inc();
        else
        {
            var isWaiting = lines.Of(label.Line) is null;
            TuningMetrics.LabelsTaken.WithLabels(
                isWaiting ? "waiting" : store.Labels.ContainsKey(label.Id) ? "corrected" : "added").Inc();
            store.Put(label, message.Value);
            if (isWaiting && waitingLines.Add(label.Line))
                logger.LabelsWait(label.Id, lines.WhyNot(label.Line));
        }
        return null;
    }

    /// <param name="reason">A fixed label, snake_case.</param>
    public LabelRefusal Refuse(ConsumedMessage message, string reason, string detail)
    {
        TuningMetrics.LabelsRefused.WithLabels(reason).Inc();
        logger.LabelRefused(message.Topic, message.Partition, message.Offset, message.KeyText, detail);
        return new LabelRefusal(message.KeyText, reason, detail, message.Partition, message.Offset);
    }

    /// <returns>No label and no reason: the label is to be removed.</returns>
    (StoredLabel? Label, string Reason, string Detail) Read(ConsumedMessage message)
    {
        if (message.KeyText.Length == 0)
            return Refused("missing_key", "it has no key: the key is the label's id");
        if (message.Value is null)
            return (null, "", "");
        if (message.OptsOut())
            return Refused(OptedOut, "its header train-opt-out keeps it out of training");
        var text = message.Header(MessageHeaders.Text) ?? "";
        var line = message.Header(MessageHeaders.Line) is { Length: > 0 } named ? named : ModelId.DefaultLine;
        if (line != ModelId.DefaultLine && !ModelId.IsLineName(line))
            return Refused("unknown_line", $"'{line}' cannot name a line: lower-case letters, digits and hyphens");
        var known = lines.Of(line);
        var options = known ?? UntilThereAreSettings;
        if (!options.Policy.Apply(text).EnumerateRunes().Any(Rune.IsLetterOrDigit))
            return Refused("no_text", "its header text is missing or holds no letter");
        var split = message.Header(MessageHeaders.Split) is { Length: > 0 } part ? part : null;
        if (split is not null && known is not null && !LabelDivision.Knows(split, known))
            return Refused("unknown_split",
                $"there is no split '{split}'; there are {string.Join(", ", LabelDivision.Names(options))}, or no such header");
        var type = message.Header(MessageHeaders.ContentType);
        var audio = AudioDecoder.Decode(message.Value, type, DecodeLimits.OfLabel with { Truncated = options.Truncated });
        if (!audio.Ok || audio.Samples.Length == 0)
            return Refused("unusable_audio", audio.Ok ? "its audio holds no sample" : audio.Detail);
        return (new StoredLabel(message.KeyText, line, text, Optional(MessageHeaders.Speaker), Optional(MessageHeaders.Domain), split, type,
            AudioId.Of(audio.Samples), audio.DurationSeconds)
        {
            Partition = message.Partition,
            Offset = message.Offset,
        }, "", "");

        static (StoredLabel?, string, string) Refused(string reason, string detail) => (null, reason, detail);
        string? Optional(string header) => message.Header(header) is { Length: > 0 } value ? value : null;
    }
}
