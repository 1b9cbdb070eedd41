namespace Ssl.Shared.Speech.Labels;

/// <summary>What is held out as a whole when the manifest names no held-out split.</summary>
public enum HoldOutBy
{
    /// <summary>Recordings: the held-out voices may be known voices.</summary>
    Recording,

    /// <summary>Speakers: the held-out voices are new; needs a <c>speaker</c> on every line.</summary>
    Speaker,
}
