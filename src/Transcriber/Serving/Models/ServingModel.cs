using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>A recognizer version that serves; disposed when its owner has retired it and its last lease has ended. Thread-safe.</summary>
sealed class ServingModel(int number, int encoderNumber, Transcribe transcribe, IDisposable owned, Action? whenIdle = null)
{
    int holders = 1; // the owner; 0: disposed

    /// <summary>Registry number of the recognizer.</summary>
    public int Number => number;
    /// <summary>Registry number of the encoder that it was fine-tuned from.</summary>
    public int EncoderNumber => encoderNumber;

    /// <summary>Whether there is a lease.</summary>
    public bool IsLeased => Volatile.Read(ref holders) > 1;

    /// <param name="whenIdle">Called by whoever ends the last lease of a version that is not retired.</param>
    public static ServingModel Of(LoadedRecognizer loaded, Action? whenIdle = null) =>
        new(loaded.Number, loaded.EncoderNumber, loaded.Transcribe, loaded, whenIdle)
        {
            WithHotWords = loaded.WithHotWords,
            Listen = loaded.Listen,
        };

    /// <inheritdoc cref="LoadedRecognizer.WithHotWords"/>
    public Func<IReadOnlyList<ReadOnlyMemory<short>>, IReadOnlyList<string>, IReadOnlyList<Transcription>>? WithHotWords { get; init; }

    /// <inheritdoc cref="LoadedRecognizer.Listen"/>
    public Func<LiveContext, Hear>? Listen { get; init; }

    /// <summary>False: it was retired and disposed.</summary>
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

    /// <summary>Ends the owner's hold; called once.</summary>
    public void Retire() => Release();

    /// <summary>Ends the owner's hold unless there is a lease. False: there is one.</summary>
    public bool TryRetire()
    {
        if (Interlocked.CompareExchange(ref holders, 0, 1) != 1)
            return false;
        owned.Dispose();
        return true;
    }

    internal IReadOnlyList<Transcription> Run(IReadOnlyList<ReadOnlyMemory<short>> clips, IReadOnlyList<string> hotWords) =>
        hotWords.Count > 0 && WithHotWords is { } biased ? biased(clips, hotWords) : transcribe(clips, TextReading.Words);

    internal void Release()
    {
        var left = Interlocked.Decrement(ref holders);
        if (left == 0)
            owned.Dispose();
        else if (left == 1)
            whenIdle?.Invoke(); // or it was retired and one lease is left: then there is nothing to do
    }
}

/// <summary>Keeps one version usable until disposed, whatever serves meanwhile. Disposing twice is harmless.</summary>
sealed class ModelLease(ServingModel model) : IDisposable
{
    int ended;

    public ServingModel Model => model;

    /// <param name="hotWords">Words to favour.</param>
    public IReadOnlyList<Transcription> Run(IReadOnlyList<ReadOnlyMemory<short>> clips, params IReadOnlyList<string> hotWords) =>
        model.Run(clips, hotWords);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
            model.Release();
    }
}
