using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>Which speakers belong to one part.</summary>
sealed class SpeakerParts(LineParts known)
{
    readonly Dictionary<string, LabelPart> whole = new(known.Speakers);
    readonly HashSet<string> divided = [.. known.DividedSpeakers];

    public int Count => whole.Count + divided.Count;
    public int HeldOut => whole.Values.Count(part => part != LabelPart.Train);
    public bool Knows(string speaker) => whole.ContainsKey(speaker) || divided.Contains(speaker);
    public LabelPart? PartOf(string speaker) => whole.TryGetValue(speaker, out var part) ? part : null;

    /// <summary>A label names the part of one recording.</summary>
    public void Saw(string? speaker, LabelPart part)
    {
        if (speaker is not null && !divided.Contains(speaker) && !whole.TryAdd(speaker, part) && whole[speaker] != part)
            Divide(speaker);
    }

    public void Assign(string speaker, LabelPart part) => whole.TryAdd(speaker, part);

    public void Divide(string speaker)
    {
        whole.Remove(speaker);
        divided.Add(speaker);
    }

    public LineParts With(Dictionary<string, LabelPart> recordings) =>
        new() { Recordings = recordings, Speakers = whole, DividedSpeakers = [.. divided.Order(StringComparer.Ordinal)] };
}
