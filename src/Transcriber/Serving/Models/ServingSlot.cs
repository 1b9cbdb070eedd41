using Ssl.Shared.Foundation.Health;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>The one reference to the serving champion: requests lease it, a swap replaces it. Ready once filled. Lock-free.</summary>
sealed class ServingSlot(TimeProvider clock) : IReadiness, IDisposable
{
    readonly TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ServingModel? current;
    long servedSince;

    /// <summary>Completes when the first recognizer serves.</summary>
    public Task Filled => filled.Task;
    public bool IsFilled => filled.Task.IsCompleted;
    string IReadiness.Name => "transcriber";
    string? IReadiness.WaitingFor => IsFilled ? null : "the first recognizer";
    /// <summary>The version that serves; null: none yet.</summary>
    public int? Number => Volatile.Read(ref current)?.Number;
    /// <summary>How long that version has served.</summary>
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

    /// <summary>New requests get <paramref name="next"/>, which is warm; requests under way keep their model.</summary>
    public void Swap(ServingModel next)
    {
        Volatile.Write(ref servedSince, clock.GetTimestamp());
        Interlocked.Exchange(ref current, next)?.Retire();
        filled.TrySetResult();
    }

    public void Dispose() => Interlocked.Exchange(ref current, null)?.Retire();
}
