namespace Ssl.Shared.Speech.Decoding;

/// <summary>A CTC model's output for one utterance.</summary>
/// <param name="LogProbabilities">Of each label in each frame, natural logarithms, row-major. [T, V]</param>
/// <param name="BestLabels">The most probable label of each frame. [T]</param>
/// <param name="Confidence">Mean over frames of the best label's probability, 0 to 1; 0 without frames.</param>
public sealed record CtcOutput(float[] LogProbabilities, long[] BestLabels, double Confidence);
