namespace Ssl.Shared.Speech.Decoding;

/// <summary>What is known of a text before it is searched for.</summary>
/// <param name="Before">Labels that lie before the frames and end in a delimiter, or none: the language model's context.</param>
/// <param name="First">Labels of the word that the frames begin with, or none: the text found begins with it.</param>
sealed record KnownText(IReadOnlyList<int> Before, int[] First);
