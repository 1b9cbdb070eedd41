using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>A piece of a recording.</summary>
/// <param name="start">In samples from the start of the recording.</param>
/// <param name="samples">16 kHz mono PCM16.</param>
sealed class TranscriptionPiece(TranscriptionJob job, long start, ReadOnlyMemory<short> samples)
{
    public TranscriptionJob Job => job;
    public long Start => start;
    public ReadOnlyMemory<short> Samples => samples;
    public Task<Transcription> Result => Done.Task;
    internal TaskCompletionSource<Transcription> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
