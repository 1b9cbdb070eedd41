using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>What the utterances of one speaker and channel have in common, for any version. One utterance at a time.</summary>
public sealed class LiveContext
{
    /// <summary>Words to favour, as written.</summary>
    public IReadOnlyList<string> HotWords { get; set; } = [];

    /// <summary>Of what was heard; null: nothing yet.</summary>
    internal RunningNorm? Norm { get; set; }
}
