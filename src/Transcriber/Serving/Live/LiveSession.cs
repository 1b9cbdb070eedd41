using System.Net.WebSockets;
using System.Threading.Channels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Limits;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>
/// One live session from its first event to its close: it reads, hears and writes at the same time. Whatever ends it (the client, a limit,
/// the service) ends all three.
/// </summary>
sealed class LiveSession : IDisposable
{
    const int MaxWaitingItems = 8;
    static readonly TimeSpan OlderFormDelay = TimeSpan.FromSeconds(1);
    static readonly TimeSpan FinishLimit = TimeSpan.FromSeconds(5);

    readonly WebSocket socket;
    readonly SessionSettings settings; // at the start
    readonly LiveOptions options;
    readonly TimeProvider clock;
    readonly Admission admission;
    readonly CancellationTokenSource ending = new();
    readonly TaskCompletionSource<SessionEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Channel<SpokenItem> items = Channel.CreateBounded<SpokenItem>(MaxWaitingItems);
    readonly Outbox outbox;
    readonly LiveEvents events;
    readonly SessionAudio audio;
    readonly ClientEvents client;
    readonly SemaphoreSlim turn = new(1); // of the client's events, and of the end

    public LiveSession(
        WebSocket socket, SessionSettings settings, LiveOptions options, ModelCatalog catalog, TimeProvider clock, Admission admission)
    {
        (this.socket, this.options, this.clock, this.admission) = (socket, options, clock, admission);
        outbox = new Outbox(socket, options.SendLimit);
        events = new LiveEvents(outbox, (clock.GetUtcNow() + options.MaxDuration).ToUnixTimeSeconds(), ending.Token);
        audio = new SessionAudio(items.Writer, events, clock);
        client = new ClientEvents(settings, audio, events, catalog);
        this.settings = settings;
    }

    /// <summary>Why it ended as <see cref="SessionEnd.Failed"/>.</summary>
    public Exception? Failure { get; private set; }

    public async Task<SessionEnd> RunAsync(LiveRecognition recognition, CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(_ => ended.TrySetResult(SessionEnd.Stopping), null);
        await using var expiry = Timer(options.MaxDuration, () => SessionEnd.Expired(options.MaxDuration));
        var writing = GuardAsync(outbox.RunAsync(), SessionEnd.Slow);
        await events.CreatedAsync(settings);
        var spoken = items.Reader.ReadAllAsync(CancellationToken.None);
        var hearing = GuardAsync(recognition.RunAsync(spoken, new LiveContext(), events, ending.Token), SessionEnd.Client);
        var reading = GuardAsync(ReadAsync(), SessionEnd.Client);
        await using var offer = clock.CreateTimer(_ => _ = OfferOlderFormAsync(), null, OlderFormDelay, Timeout.InfiniteTimeSpan);

        var end = await ended.Task;
        if (end.IsFinished)
            await TryAsync(FinishAsync(hearing));
        if (end.Error is { } error)
            await TryAsync(events.ErrorAsync(error).AsTask());
        await ending.CancelAsync();
        try
        {
            await CloseAsync(end, writing, reading);
        }
        finally
        {
            socket.Abort(); // nothing happens to a closed one; what still waits for another ends
            await Task.WhenAll(writing, hearing, reading);
        }
        return end;
    }

    /// <summary>The key that it was opened with holds no more.</summary>
    public void Revoke() => ended.TrySetResult(SessionEnd.Revoked);

    /// <summary>After <see cref="RunAsync"/>.</summary>
    public void Dispose()
    {
        audio.Dispose();
        ending.Dispose();
        turn.Dispose();
    }

    async Task ReadAsync()
    {
        var reader = new MessageReader(socket, options.MaxMessageBytes);
        await using var idle = Timer(options.IdleTimeout, () => SessionEnd.Idle(options.IdleTimeout));
        while (true)
        {
            idle.Change(options.IdleTimeout, Timeout.InfiniteTimeSpan);
            var message = await reader.ReadAsync();
            idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (message.Kind == MessageKind.Close)
                return;
            if (message.Kind == MessageKind.Oversized)
                ended.TrySetResult(SessionEnd.Oversized(options.MaxMessageBytes));
            if (!ended.Task.IsCompleted) // else only the close frame of the client is waited for
                await HandleAsync(message);
        }
    }

    async Task HandleAsync(ClientMessage message)
    {
        try
        {
            await turn.WaitAsync(ending.Token);
            try
            {
                await client.HandleAsync(message, ending.Token);
                if (audio.TakeNewSeconds() is > 0 and var seconds && admission.TryUse(seconds) is { } over)
                    ended.TrySetResult(SessionEnd.Limited(over));
            }
            finally
            {
                turn.Release();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // the session ends
        }
    }

    /// <summary>Within a limit: the client may not read, or the workers may be busy.</summary>
    async Task TryAsync(Task part)
    {
        try
        {
            await part.WaitAsync(FinishLimit, clock);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // the session ends without it
        }
    }

    /// <summary>Commits what was said and waits for its text.</summary>
    async Task FinishAsync(Task hearing)
    {
        await turn.WaitAsync(ending.Token);
        await audio.FinishAsync();
        await hearing;
    }

    async Task CloseAsync(SessionEnd end, Task writing, Task reading)
    {
        outbox.Close();
        try
        {
            if (end.Status is { } status)
            {
                await writing.WaitAsync(FinishLimit, clock);
                using var late = new CancellationTokenSource(FinishLimit);
                await socket.CloseOutputAsync(status, end.Reason, late.Token);
                await reading.WaitAsync(FinishLimit, clock);
            }
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException or WebSocketException)
        {
            // the client does not take part in closing
        }
    }

    async Task OfferOlderFormAsync()
    {
        if (!client.HasSpoken && !ended.Task.IsCompleted)
            await GuardAsync(client.OfferOlderAsync(), null);
    }

    ITimer Timer(TimeSpan after, Func<SessionEnd> end) =>
        clock.CreateTimer(_ => ended.TrySetResult(end()), null, after, Timeout.InfiniteTimeSpan);

    /// <summary>Never throws; the session ends when one of its parts does.</summary>
    /// <param name="end">When the part is over; null: the session goes on.</param>
    async Task GuardAsync(Task part, SessionEnd? end)
    {
        try
        {
            await part;
        }
        catch (OperationCanceledException)
        {
            end = end == SessionEnd.Client ? SessionEnd.Vanished : end; // of a session that ends already, it has no effect
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or ChannelClosedException)
        {
            end = SessionEnd.Vanished;
        }
        catch (Exception e)
        {
            Failure = e;
            end = SessionEnd.Failed;
        }
        if (end is not null)
            ended.TrySetResult(end);
    }
}
