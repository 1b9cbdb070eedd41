using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>The right to use one version until disposed; swaps do not take it away. Disposing twice is harmless.</summary>
sealed class ModelLease(ServingModel model) : IDisposable
{
    int ended;

    public ServingModel Model => model;

    public IReadOnlyList<Transcription> Run(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading = TextReading.Words) => model.Run(clips, reading);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
            model.Release();
    }
}
