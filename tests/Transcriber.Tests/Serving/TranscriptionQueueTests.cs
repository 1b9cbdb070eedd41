using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests.Serving;

public sealed class TranscriptionQueueTests : IDisposable
{
    static readonly TimeSpan Now = TimeSpan.Zero;
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TranscriptionQueue queue = new(new ServingOptions { QueueCapacity = 3, BatchAudioSeconds = 10 });
    readonly ServingModel model = new FakeModel(1).Model;

    public void Dispose() => queue.Dispose();

    [Fact]
    public void A_full_queue_says_no()
    {
        for (var i = 0; i < 3; i++)
            Assert.True(queue.TryEnqueue(Job(TranscriptionPriority.Request, 1), Ct));
        Assert.True(queue.IsFull);
        Assert.False(queue.TryEnqueue(Job(TranscriptionPriority.Request, 1), Ct));
        Assert.True(queue.TryEnqueue(Job(TranscriptionPriority.Stream, 1), Ct)); // a line of its own
        queue.Take(Now);
        Assert.False(queue.IsFull);
    }

    [Fact]
    public void Requests_go_before_the_stream()
    {
        var (stream, request) = (Job(TranscriptionPriority.Stream, 1), Job(TranscriptionPriority.Request, 1));
        queue.TryEnqueue(stream, Ct);
        queue.TryEnqueue(request, Ct);
        Assert.Same(request, Assert.Single(queue.Take(Now)).Job);
        Assert.Same(stream, Assert.Single(queue.Take(Now)).Job);
        Assert.Empty(queue.Take(Now));
    }

    [Fact]
    public void Live_sessions_and_requests_take_turns_and_a_step_is_a_batch_of_its_own()
    {
        TranscriptionJob Step() => new(model, new short[3200], () => { });
        TranscriptionJob[] live = [Step(), Step()];
        TranscriptionJob[] requests = [Job(TranscriptionPriority.Request, 1), Job(TranscriptionPriority.Request, 3)];
        foreach (var job in (TranscriptionJob[])[.. requests, .. live])
            queue.TryEnqueue(job, Ct);
        var order = Enumerable.Range(0, 4).Select(_ => Assert.Single(queue.Take(Now)).Job).ToArray();
        Assert.Equal([live[0], requests[0], live[1], requests[1]], order);
    }

    [Fact]
    public void Long_recordings_take_turns_with_short_ones()
    {
        var (longer, shorter) = (Job(TranscriptionPriority.Request, 20, 20, 20), Job(TranscriptionPriority.Request, 2));
        queue.TryEnqueue(longer, Ct);
        queue.TryEnqueue(shorter, Ct);
        var order = Enumerable.Range(0, 4).Select(_ => Assert.Single(queue.Take(Now)).Job).ToArray();
        Assert.Equal([longer, shorter, longer, longer], order);
    }

    [Fact]
    public void What_waits_and_is_of_similar_length_comes_along_within_bounds()
    {
        queue.TryEnqueue(Job(TranscriptionPriority.Request, 4), Ct);
        queue.TryEnqueue(Job(TranscriptionPriority.Request, 1), Ct); // too short beside 4 s
        queue.TryEnqueue(Job(TranscriptionPriority.Request, 3.5, 3.5), Ct); // the second would make 11 s
        Assert.Equal([4, 3.5], queue.Take(Now).Select(p => p.Samples.Length / 16_000.0));
        Assert.Equal([1], queue.Take(Now).Select(p => p.Samples.Length / 16_000.0));
        Assert.Equal([3.5], queue.Take(Now).Select(p => p.Samples.Length / 16_000.0));
    }

    [Fact]
    public void A_batch_is_for_one_version()
    {
        queue.TryEnqueue(Job(TranscriptionPriority.Request, 2), Ct);
        queue.TryEnqueue(new TranscriptionJob(new FakeModel(2).Model, [new short[32_000]], TranscriptionPriority.Request), Ct);
        Assert.Equal(1, Assert.Single(queue.Take(Now)).Job.Model.Number);
        Assert.Equal(2, Assert.Single(queue.Take(Now)).Job.Model.Number);
    }

    [Fact]
    public async Task A_cancelled_job_is_passed_over()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var (cancelled, next) = (Job(TranscriptionPriority.Request, 1), Job(TranscriptionPriority.Request, 1));
        queue.TryEnqueue(cancelled, cancel.Token);
        queue.TryEnqueue(next, Ct);
        await cancel.CancelAsync();
        Assert.Same(next, Assert.Single(queue.Take(Now)).Job);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Completion);
    }

    [Fact]
    public async Task Closing_cancels_what_waits_and_takes_nothing_more_in()
    {
        var waiting = Job(TranscriptionPriority.Request, 1);
        queue.TryEnqueue(waiting, Ct);
        queue.Close();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Completion);
        Assert.False(queue.TryEnqueue(Job(TranscriptionPriority.Request, 1), Ct));
    }

    TranscriptionJob Job(TranscriptionPriority priority, params double[] seconds) =>
        new(model, [.. seconds.Select(s => (ReadOnlyMemory<short>)new short[(int)(s * 16_000)])], priority);
}
