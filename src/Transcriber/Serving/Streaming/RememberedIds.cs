namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>The last so many ids: the sink's protection against at-least-once delivery. Used by one thread at a time.</summary>
sealed class RememberedIds(int capacity)
{
    readonly HashSet<string> known = new(StringComparer.Ordinal);
    readonly Queue<string> order = new();

    /// <summary>False: it was seen before.</summary>
    public bool Add(string id)
    {
        if (!known.Add(id))
            return false;
        order.Enqueue(id);
        if (order.Count > capacity)
            known.Remove(order.Dequeue());
        return true;
    }
}
