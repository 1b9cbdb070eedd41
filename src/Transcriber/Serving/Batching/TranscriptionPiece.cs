namespace Ssl.Transcriber.Serving.Batching;

/// <summary>A piece of a job that a worker has taken.</summary>
readonly record struct TranscriptionPiece(TranscriptionJob Job, int Index)
{
    public ReadOnlyMemory<short> Samples => Job.Pieces[Index];
}
