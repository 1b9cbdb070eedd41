using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests;

/// <summary>A version that hears its own number in every clip, by letters alone also something else, and knows whether it has been disposed.</summary>
sealed class FakeModel : IDisposable
{
    volatile bool disposed;

    public FakeModel(int number, Action? whileRunning = null, string? byLetters = null)
    {
        Model = new ServingModel(number, number + 1000, Transcribe, this);

        IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading)
        {
            if (reading == TextReading.Letters && byLetters is not null)
                return [.. clips.Select(_ => new Transcription(byLetters, [], 0.9))];
            ObjectDisposedException.ThrowIf(disposed, this);
            whileRunning?.Invoke();
            ObjectDisposedException.ThrowIf(disposed, this);
            return [.. clips.Select(c => Hear(number, c.Length))];
        }
    }

    public ServingModel Model { get; }

    public bool IsDisposed => disposed;

    public void Dispose() => disposed = !disposed ? true : throw new InvalidOperationException("disposed twice");

    static Transcription Hear(int number, int samples) =>
        new($"version {number}", [new TranscribedWord("version", 0, 0.1), new TranscribedWord($"{number}", 0.1, AudioFormat.SecondsOf(samples))], 0.9);
}
