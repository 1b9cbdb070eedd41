using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>
/// One recognizer version as it serves: immutable, and disposed when its owner has retired it and its last lease has ended.
/// Thread-safe.
/// </summary>
sealed class ServingModel(int number, int encoderNumber, Transcribe transcribe, IDisposable owned)
{
    const int WarmUpSamples = 16_000;

    int holders = 1; // the owner; 0: disposed

    /// <summary>Registry number of the recognizer.</summary>
    public int Number => number;

    /// <summary>Registry number of the encoder that it was fine-tuned from.</summary>
    public int EncoderNumber => encoderNumber;

    public static ServingModel Of(int number, int encoderNumber, Recognizer recognizer) => new(number, encoderNumber, recognizer.Transcribe, recognizer);

    /// <summary>The first forward pays for what is lazy (libtorch's kernels, allocator, thread pool); no request should.</summary>
    public void WarmUp() => transcribe([new short[WarmUpSamples]], TextReading.Words);

    /// <summary>False: it was retired and is gone, or going.</summary>
    public bool TryLease(out ModelLease lease)
    {
        for (var seen = Volatile.Read(ref holders); seen > 0; seen = Volatile.Read(ref holders))
        {
            if (Interlocked.CompareExchange(ref holders, seen + 1, seen) == seen)
            {
                lease = new ModelLease(this);
                return true;
            }
        }
        lease = null!;
        return false;
    }

    /// <summary>The owner lets go; called once.</summary>
    public void Retire() => Release();

    internal IReadOnlyList<Transcription> Run(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading) => transcribe(clips, reading);

    internal void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
            owned.Dispose();
    }
}
