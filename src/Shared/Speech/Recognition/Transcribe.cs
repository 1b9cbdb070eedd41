namespace Ssl.Shared.Speech.Recognition;

/// <summary>Clips of 16 kHz mono PCM16 in, their texts out, in the same order; any number of threads may call it at once.</summary>
public delegate IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips);
