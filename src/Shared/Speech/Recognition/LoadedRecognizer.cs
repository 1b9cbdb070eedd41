using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>A recognizer version of the registry in memory; owns it.</summary>
/// <param name="Number">Of the recognizer in the registry.</param>
/// <param name="EncoderNumber">Of the encoder that was fine-tuned.</param>
public sealed record LoadedRecognizer(int Number, int EncoderNumber, Transcribe Transcribe, IDisposable Owned) : IDisposable
{
    /// <summary>Memory of the weights; 0: unknown.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Transcribes with some words favoured; null: cannot.</summary>
    public Func<IReadOnlyList<ReadOnlyMemory<short>>, IReadOnlyList<string>, IReadOnlyList<Transcription>>? WithHotWords { get; init; }

    /// <summary>Starts an utterance that is heard while it is spoken; null: cannot.</summary>
    public Func<LiveContext, Hear>? Listen { get; init; }

    public void Dispose()
    {
        Owned.Dispose();
        TorchRuntime.ReturnFreedMemory();
    }
}
