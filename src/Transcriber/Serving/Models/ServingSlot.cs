namespace Ssl.Transcriber.Serving.Models;

/// <summary>The one reference behind which the champion serves. Requests lease it, a swap replaces it, nobody waits for anybody.</summary>
sealed class ServingSlot(TimeProvider clock) : IDisposable
{
    readonly TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ServingModel? current;
    long servedSince;

    /// <summary>Completes when the first recognizer serves.</summary>
    public Task Filled => filled.Task;

    public bool IsFilled => filled.Task.IsCompleted;

    /// <summary>How long the present version has served.</summary>
    public TimeSpan Age => IsFilled ? clock.GetElapsedTime(Volatile.Read(ref servedSince)) : TimeSpan.Zero;

    /// <summary>Null where none serves yet.</summary>
    public ModelLease? TryLease()
    {
        // A lease fails only when the model was swapped out between the two reads: then there is a newer one.
        while (Volatile.Read(ref current) is { } model)
        {
            if (model.TryLease(out var lease))
                return lease;
        }
        return null;
    }

    /// <summary>From now on requests get <paramref name="next"/>, which is warm; requests under way end with the one they began with.</summary>
    public void Swap(ServingModel next)
    {
        Volatile.Write(ref servedSince, clock.GetTimestamp());
        Interlocked.Exchange(ref current, next)?.Retire();
        filled.TrySetResult();
    }

    public void Dispose() => Interlocked.Exchange(ref current, null)?.Retire();
}
