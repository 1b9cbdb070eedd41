namespace Ssl.Shared.Speech.Recognition;

/// <summary>A recognizer version of the registry in memory; owns it.</summary>
/// <param name="Number">Of the recognizer in the registry.</param>
/// <param name="EncoderNumber">Of the encoder that it was fine-tuned from.</param>
public sealed record LoadedRecognizer(int Number, int EncoderNumber, Transcribe Transcribe, IDisposable Owned) : IDisposable
{
    public void Dispose() => Owned.Dispose();
}
