namespace Ssl.Shared.Speech.Decoding;

/// <summary>A letter of a decoded word.</summary>
/// <param name="LogProbability">In the frame where it is the most probable.</param>
public readonly record struct DecodedLetter(string Token, double LogProbability);
