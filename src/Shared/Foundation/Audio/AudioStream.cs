using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// A recording that is decoded while it is used: 16 kHz mono in windows of half a minute. The mix of channels is judged for each window,
/// an offset by the first one, so a recording that fits into one comes out as <see cref="AudioDecoder"/> has it. Where cut-off recordings
/// are refused, and where a header promises more audio than is allowed, everything is decoded before the first window. Read by one reader.
/// </summary>
public sealed class AudioStream : IAsyncDisposable
{
    const int MaxWaiting = 2; // windows decoded ahead of the reader
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1); // for a cancellation

    readonly Channel<short[]> windows = Channel.CreateUnbounded<short[]>(new UnboundedChannelOptions { SingleReader = true });
    readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly object room = new(); // a Monitor, for its wait
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource stopping;
    int taken;
    int waiting;
    long given; // samples

    AudioStream(CancellationToken ct) => stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);

    /// <summary>Completes when the second window is there, or all was decoded.</summary>
    public Task Begun => begun.Task;

    /// <summary>Without samples, or why the recording is refused; null: it is being decoded.</summary>
    public DecodeResult? Result { get; private set; }

    /// <summary>Length by the header, or by what was decoded; null: unknown so far.</summary>
    public double? ExpectedSeconds { get; internal set; }

    /// <summary>Length of what the reader has taken so far.</summary>
    public double GivenSeconds => Interlocked.Read(ref given) / (double)AudioFormat.SampleRateHz;

    /// <summary>False: decoding does not wait for the reader.</summary>
    internal bool HoldsUp { get; set; } = true;

    /// <param name="contentType">As for <see cref="AudioDecoder"/>.</param>
    /// <param name="ct">Ends the decoding at the next window.</param>
    public static AudioStream Start(ReadOnlyMemory<byte> bytes, string? contentType, DecodeLimits limits, CancellationToken ct)
    {
        var stream = new AudioStream(ct);
        new Thread(() => stream.Decode(bytes, contentType, limits)) { Name = "decode", IsBackground = true }.Start();
        return stream;
    }

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<short[]> WindowsAsync([EnumeratorCancellation] CancellationToken stopping = default)
    {
        await foreach (var window in windows.Reader.ReadAllAsync(stopping))
        {
            lock (room)
            {
                waiting--;
                Monitor.Pulse(room);
            }
            Interlocked.Add(ref given, window.Length);
            yield return window;
        }
    }

    /// <summary>Ends the decoding and waits for its end: the bytes are not used any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        lock (room)
            Monitor.PulseAll(room);
        await ended.Task;
        stopping.Dispose();
    }

    /// <summary>Waits while too many windows wait for the reader.</summary>
    internal void Take(short[] window)
    {
        lock (room)
        {
            while (HoldsUp && waiting >= MaxWaiting)
            {
                stopping.Token.ThrowIfCancellationRequested();
                Monitor.Wait(room, LookEvery);
            }
            waiting++;
        }
        stopping.Token.ThrowIfCancellationRequested();
        windows.Writer.TryWrite(window);
        if (++taken > 1)
            begun.TrySetResult();
    }

    void Decode(ReadOnlyMemory<byte> bytes, string? contentType, DecodeLimits limits)
    {
        try
        {
            var target = limits.Truncated == TruncatedAudio.Refuse ? null : this;
            var result = AudioDecoder.DecodeAsync(bytes, contentType, limits, target, stopping.Token).GetAwaiter().GetResult();
            if (result.Samples.Length > 0)
                Take(result.Samples);
            Result = result.GivenOut(result.SampleCount);
            ExpectedSeconds = result.DurationSeconds;
            windows.Writer.TryComplete();
            begun.TrySetResult();
        }
        catch (Exception e) // the reader's to handle
        {
            windows.Writer.TryComplete(e);
            begun.TrySetException(e);
        }
        finally
        {
            ended.SetResult();
        }
    }
}
