using System.Threading.Channels;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>The input audio buffer of a session: utterances from what the client appends, by turns of speech or by its commits.</summary>
/// <remarks>One caller at a time.</remarks>
/// <param name="items">Utterances as they begin.</param>
sealed class SessionAudio(ChannelWriter<SpokenItem> items, LiveEvents events, TimeProvider clock) : IDisposable
{
    const int MinCommitSamples = AudioFormat.SampleRateHz / 10; // OpenAI's limit

    AudioInput input = new(SessionSettings.Pcm24);
    TurnFinder? turns;
    SpokenItem? current;
    string? previous;
    long heard; // samples of the session
    long counted;

    /// <exception cref="OperationCanceledException">The session ends.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, SessionSettings settings, CancellationToken ct)
    {
        if (input.Type != settings.Format)
        {
            input.Dispose();
            input = new AudioInput(settings.Format);
        }
        var second = settings.Format.RateHz * settings.Format.BytesPerFrame;
        for (var start = 0; start < bytes.Length; start += second)
            await TakeAsync(input.Read(bytes.Span[start..Math.Min(bytes.Length, start + second)]), settings, ct);
    }

    /// <summary>Ends the utterance.</summary>
    /// <exception cref="RealtimeException">There is next to nothing to commit.</exception>
    public async Task CommitAsync(SessionSettings settings, CancellationToken ct)
    {
        await TakeAsync(input.Flush(), settings, ct);
        var rest = current is null && turns is not null ? turns.End() : default;
        var samples = current?.Samples ?? rest.Length;
        if (samples < MinCommitSamples)
            throw new RealtimeException(RealtimeError.Invalid("Error committing input audio buffer: buffer too small. Expected at least "
                + $"100ms of audio, but buffer only has {1000.0 * samples / AudioFormat.SampleRateHz:0.00}ms of audio.",
                null, "input_audio_buffer_commit_empty"));
        turns?.End();
        if (current is null)
        {
            current = await BeginAsync(settings, ct);
            if (turns is not null) // the client says that it is speech; times of words count from here
                await events.SpeechStartedAsync(current.Id, heard - rest.Length);
        }
        await current.WriteAsync(rest, ct);
        await EndAsync();
    }

    public async Task ClearAsync()
    {
        input.Flush();
        turns?.End();
        current?.End(cleared: true);
        current = null;
        await events.ClearedAsync();
    }

    /// <summary>No audio follows: commits what there is, if it is anything.</summary>
    public async Task FinishAsync()
    {
        if (current is not null)
            await EndAsync();
        items.TryComplete();
    }

    /// <summary>Audio since the last call.</summary>
    public double TakeNewSeconds()
    {
        var seconds = AudioFormat.SecondsOf((int)(heard - counted)); // of one message
        counted = heard;
        return seconds;
    }

    public void Dispose() => input.Dispose();

    async Task TakeAsync(ReadOnlyMemory<short> samples, SessionSettings settings, CancellationToken ct)
    {
        if (samples.Length == 0)
            return;
        if (settings.Turns is { } wanted)
        {
            if (turns is null && current is not null)
                await EndAsync(); // the client has let go of committing itself
            turns ??= new TurnFinder(heard);
            foreach (var change in turns.Push(samples.Span, wanted))
                await FollowAsync(change, settings, ct);
        }
        else
        {
            turns = null;
            current ??= await BeginAsync(settings, ct);
            await current.WriteAsync(samples, ct);
        }
        heard += samples.Length;
    }

    async Task FollowAsync(TurnEvent turn, SessionSettings settings, CancellationToken ct)
    {
        switch (turn.Change)
        {
            case TurnChange.Started:
                current = await BeginAsync(settings, ct);
                await events.SpeechStartedAsync(current.Id, turn.Sample);
                break;
            case TurnChange.Stopped:
                await events.SpeechStoppedAsync(current!.Id, turn.Sample);
                await EndAsync();
                break;
            default:
                await current!.WriteAsync(turn.Samples, ct);
                break;
        }
    }

    async Task<SpokenItem> BeginAsync(SessionSettings settings, CancellationToken ct)
    {
        var item = new SpokenItem(settings, clock);
        await items.WriteAsync(item, ct);
        return item;
    }

    /// <summary>The events come before the end, so that its text comes after them.</summary>
    async Task EndAsync()
    {
        var item = current!;
        await events.CommittedAsync(item.Id, previous);
        item.End();
        (previous, current) = (item.Id, null);
    }
}
