using Ssl.Shared.Model;
using Ssl.Shared.Recognition;

namespace Ssl.Transcriber.FineTuning;

/// <summary>A recognizer that the next one goes on from, and the encoder that it was made from: the difference of their weights is what fine-tuning has taught. It owns both.</summary>
sealed record FormerRecognizer(Recognizer Recognizer, SpeechEncoder Encoder) : IDisposable
{
    public void Dispose()
    {
        Recognizer.Dispose();
        Encoder.Dispose();
    }
}
