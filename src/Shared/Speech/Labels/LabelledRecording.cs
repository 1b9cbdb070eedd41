namespace Ssl.Shared.Speech.Labels;

/// <summary>A recording and what is said in it: one usable line of a manifest.</summary>
/// <param name="Line">Of the manifest, from 1.</param>
/// <param name="Id">The path as the manifest spells it; stable wherever the folder lies.</param>
/// <param name="AudioPath">Absolute path of a file that exists.</param>
/// <param name="Text">As written, not normalised; never blank.</param>
/// <param name="Speaker">Null where the manifest does not say.</param>
/// <param name="Split">Name of the part it belongs to (train, dev, test); null where the manifest does not say.</param>
/// <param name="DurationSeconds">As the manifest claims; null where it does not say.</param>
public sealed record LabelledRecording(int Line, string Id, string AudioPath, string Text, string? Speaker, string? Split, double? DurationSeconds);
