using Ssl.Shared.Contracts;
using Ssl.Shared.Recognition;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.Tests;

/// <summary>A version that hears its own number, or what it is told to, in every clip, and knows whether it has been disposed.</summary>
sealed class FakeModel : IDisposable
{
    volatile bool disposed;

    public FakeModel(int number, Action? whileRunning = null, string? hears = null)
    {
        Model = new ServingModel(number, number + 1000, clips =>
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            whileRunning?.Invoke();
            ObjectDisposedException.ThrowIf(disposed, this);
            return [.. clips.Select(c => hears is null ? Hear(number, c.Length) : new Transcription(hears, [], 0.9))];
        }, this);
    }

    public ServingModel Model { get; }

    public bool IsDisposed => disposed;

    public void Dispose() => disposed = !disposed ? true : throw new InvalidOperationException("disposed twice");

    static Transcription Hear(int number, int samples) =>
        new($"version {number}", [new TranscribedWord("version", 0, 0.1), new TranscribedWord($"{number}", 0.1, AudioFormat.SecondsOf(samples))], 0.9);
}
