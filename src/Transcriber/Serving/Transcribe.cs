using Ssl.Shared.Recognition;

namespace Ssl.Transcriber.Serving;

/// <summary>Clips of 16 kHz mono PCM16 in, their texts out, in the same order; any number of threads may call it at once.</summary>
delegate IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips);
