namespace Ssl.Shared.Speech.Decoding;

/// <summary>An n-gram.</summary>
/// <param name="Parent">Node of all tokens but the last.</param>
/// <param name="Token">The last.</param>
/// <param name="Depth">Number of tokens.</param>
/// <param name="LogProbability">Of the last token behind the others; natural logarithm.</param>
/// <param name="LogBackoff">What the probability of a token that never came behind it, as the shorter context has it, is multiplied with; natural logarithm.</param>
readonly record struct NGramNode(int Parent, int Token, int Depth, double LogProbability, double LogBackoff);
