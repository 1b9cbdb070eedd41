namespace Ssl.Shared.Speech.Recognition;

/// <summary>Takes the next samples of one utterance, 16 kHz mono PCM16; one caller at a time.</summary>
/// <param name="ends">Nothing follows: all words are given.</param>
public delegate LiveText Hear(ReadOnlyMemory<short> samples, bool ends);
