namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// The part of every recording that a line was ever given, removed ones included: a part is assigned once. It is kept beside the versions
/// that were trained with it, so that every tuner of a registry knows it.
/// </summary>
public sealed record LineParts
{
    /// <summary>By a hash of their samples.</summary>
    public IReadOnlyDictionary<string, LabelPart> Recordings { get; init; } = new Dictionary<string, LabelPart>();
    /// <summary>Speakers all of whose recordings belong to one part.</summary>
    public IReadOnlyDictionary<string, LabelPart> Speakers { get; init; } = new Dictionary<string, LabelPart>();
    /// <summary>Speakers whose recordings are divided one by one.</summary>
    public IReadOnlyCollection<string> DividedSpeakers { get; init; } = [];
}
