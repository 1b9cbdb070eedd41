namespace Ssl.Shared.Speech.Scoring;

/// <summary>A word of either text, or one of each that stand in the same place: the same word or not.</summary>
/// <param name="A">Index in the first text; null: inserted.</param>
/// <param name="B">Index in the second text; null: deleted.</param>
public readonly record struct WordPair(int? A, int? B);
