namespace Ssl.Shared.Foundation.Contracts;

/// <summary>A letter and its natural logarithm of probability.</summary>
public readonly record struct TranscribedLetter(string Text, double LogProbability);
