namespace Ssl.Shared.Foundation.Registry;

/// <summary>What a labelled recording is used for; it never changes from <c>Gate</c> or <c>Hidden</c> to <c>Train</c>.</summary>
public enum LabelPart
{
    Train,
    Gate, // every candidate is scored on it
    Hidden, // scored on only where a candidate would be promoted
}
