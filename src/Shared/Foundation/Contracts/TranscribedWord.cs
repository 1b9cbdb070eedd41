namespace Ssl.Shared.Foundation.Contracts;

/// <summary>A word and when it is spoken, in seconds from the start of the audio.</summary>
public sealed record TranscribedWord(string Word, double StartSeconds, double EndSeconds);
