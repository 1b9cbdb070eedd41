using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests;

/// <summary>
/// A version that hears its own number in every clip, by letters alone also something else, and knows whether it has been disposed.
/// </summary>
sealed class FakeModel : IDisposable
{
    volatile bool disposed;

    public FakeModel(int number, Action? whileRunning = null, string? byLetters = null)
    {
        Model = new ServingModel(number, number + 1000, Transcribe, this)
        {
            WithHotWords = (clips, hotWords) => [.. clips.Select(_ => new Transcription(string.Join(' ', hotWords), [], 0.9))],
            Listen = Listen,
        };
        Loaded = new LoadedRecognizer(number, number + 1000, Transcribe, Stream.Null);

        IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading)
        {
            if (reading == TextReading.Letters && byLetters is not null)
                return [.. clips.Select(_ => new Transcription(byLetters, [], 0.9))];
            ObjectDisposedException.ThrowIf(disposed, this);
            whileRunning?.Invoke();
            ObjectDisposedException.ThrowIf(disposed, this);
            foreach (var clip in clips)
                Heard?.Invoke(clip.Length);
            return [.. clips.Select(c => Hear(number, c.Length))];
        }

        // "version" is settled by the first step, the number and how many favoured words there are by the last
        Hear Listen(LiveContext context)
        {
            var (heard, began) = (0, false);
            return (samples, ends) =>
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                whileRunning?.Invoke();
                heard += samples.Length;
                var all = Hear(number, heard).Words;
                var settled = all.Skip(began ? 1 : 0).Take(ends ? 2 : began ? 0 : 1).ToArray();
                began = true;
                var favoured = context.HotWords.Select(w => new TranscribedWord(w, 0, 0));
                return new LiveText([.. settled, .. ends ? favoured : []], [.. ends ? [] : all.Skip(1)]);
            };
        }
    }

    public ServingModel Model { get; }

    /// <summary>Told the samples of each clip.</summary>
    public Action<int>? Heard { get; init; }

    /// <summary>The same as the tuning half loads it, any number of times.</summary>
    public LoadedRecognizer Loaded { get; }

    public bool IsDisposed => disposed;

    public void Dispose() => disposed = !disposed ? true : throw new InvalidOperationException("disposed twice");

    static Transcription Hear(int number, int samples) =>
        new($"version {number}",
            [
                new TranscribedWord("version", 0, 0.1) { Letters = [new TranscribedLetter("version", -0.5)] },
                new TranscribedWord($"{number}", 0.1,
                    AudioFormat.SecondsOf(samples)) { Letters = [new TranscribedLetter($" {number}", -1)] },
            ], 0.9);
}
