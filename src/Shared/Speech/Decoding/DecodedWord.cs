namespace Ssl.Shared.Speech.Decoding;

/// <summary>A word and the frames it covers: from the first of its first letter to behind the last of its last.</summary>
public sealed record DecodedWord(string Word, int StartFrame, int EndFrame);
