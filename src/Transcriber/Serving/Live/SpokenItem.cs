using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>
/// An utterance on its way from the client's events to the recognizer. Whoever writes waits while half a minute of it is not heard yet:
/// so a client that sends faster than is heard is slowed down. One writer, one reader.
/// </summary>
sealed class SpokenItem(SessionSettings settings, TimeProvider clock)
{
    const int MaxUnheardBytes = 30 * AudioFormat.SampleRateHz * AudioFormat.BytesPerSample;
    const int MaxStepBytes = 8 * AudioFormat.SampleRateHz * AudioFormat.BytesPerSample;

    readonly Pipe audio = new(new PipeOptions(
        pauseWriterThreshold: MaxUnheardBytes, resumeWriterThreshold: MaxUnheardBytes / 2, useSynchronizationContext: false));
    long waitingSince; // timestamp of the oldest sample that was not read; 0: there is none
    long endedAt;

    public string Id { get; } = Ids.New("item");
    /// <summary>As they were when it began.</summary>
    public SessionSettings Settings => settings;
    public long Samples { get; private set; }
    /// <summary>The client has cleared it: no more is sent about it.</summary>
    public bool IsCleared { get; private set; }

    public TimeSpan SinceEnd => clock.GetElapsedTime(endedAt);

    public async ValueTask WriteAsync(ReadOnlyMemory<short> samples, CancellationToken ct)
    {
        if (samples.Length == 0)
            return;
        Samples += samples.Length;
        Interlocked.CompareExchange(ref waitingSince, clock.GetTimestamp(), 0);
        await audio.Writer.WriteAsync(MemoryMarshal.AsBytes(samples.Span).ToArray(), ct);
    }

    /// <summary>Nothing follows.</summary>
    public void End(bool cleared = false)
    {
        (IsCleared, endedAt) = (cleared, clock.GetTimestamp());
        audio.Writer.Complete();
    }

    /// <summary>Waits for the next samples.</summary>
    /// <param name="min">Fewer are given only at the end.</param>
    public async ValueTask<SpokenPart> ReadAsync(int min, CancellationToken ct)
    {
        var read = await audio.Reader.ReadAtLeastAsync(min * AudioFormat.BytesPerSample, ct);
        var since = Interlocked.Exchange(ref waitingSince, 0);
        var part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MaxStepBytes));
        var samples = MemoryMarshal.Cast<byte, short>(part.ToArray()).ToArray();
        var ends = read.IsCompleted && part.Length == read.Buffer.Length;
        if (part.Length < read.Buffer.Length)
            Interlocked.CompareExchange(ref waitingSince, since, 0);
        audio.Reader.AdvanceTo(part.End);
        return new SpokenPart(samples, ends, since);
    }
}

/// <param name="Ends">Nothing follows.</param>
/// <param name="Since">Timestamp at which the first of them arrived; 0: there are none.</param>
readonly record struct SpokenPart(ReadOnlyMemory<short> Samples, bool Ends, long Since);
