namespace Ssl.Shared.Speech.Labels;

/// <summary>A recording, or a stretch of one, and its text: one usable line of a manifest.</summary>
/// <param name="Line">Of the manifest, from 1.</param>
/// <param name="Id">The path as the manifest spells it, with the stretch as a media fragment (W3C): <c>a.wav#t=1.5,4</c>.</param>
/// <param name="AudioPath">Absolute path of a file that exists.</param>
/// <param name="Text">As written, not normalised; never blank.</param>
/// <param name="Speaker">Null if the manifest gives none.</param>
/// <param name="Split">Name of its part of the set (train, dev, test); null if the manifest gives none.</param>
public sealed record LabelledRecording(int Line, string Id, string AudioPath, string Text, string? Speaker, string? Split)
{
    /// <summary>Where the stretch begins in the file.</summary>
    public double OffsetSeconds { get; init; }

    /// <summary>A free name of what it is a sample of; null if the manifest gives none.</summary>
    public string? Domain { get; init; }

    /// <summary>Of the stretch; null: to the file's end.</summary>
    public double? DurationSeconds { get; init; }
}
