using Ssl.Shared.Speech.Decoding;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>Transcribes clips of 16 kHz mono PCM16, in the same order; thread-safe.</summary>
public delegate IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading);
