namespace Ssl.Shared.Speech.Scoring;

/// <summary>Errors of two recognizers in one recording, in words or characters; a mean over several texts need not be whole.</summary>
/// <param name="Length">Of the reference, in the same unit.</param>
/// <param name="Speaker">Null: unknown.</param>
public readonly record struct PairedErrors(double First, double Second, double Length, string? Speaker);
