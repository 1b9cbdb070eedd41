using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Learner.Replay;

/// <summary>Keys of the last million segments evicted, on disk, so that a segment delivered again is not stored again.</summary>
sealed class EvictedKeys
{
    const int MaxKeys = 1 << 20;

    readonly string path;
    readonly HashSet<ulong> keys;
    readonly Queue<ulong> order;

    /// <param name="path">File of 64-bit keys; need not exist.</param>
    public EvictedKeys(string path)
    {
        this.path = path;
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        order = new Queue<ulong>(MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, bytes.Length / sizeof(ulong) * sizeof(ulong))).ToArray());
        keys = [.. order];
    }

    public bool Contains(ulong key) => keys.Contains(key);

    /// <summary>Adds keys durably, before their chunk is deleted.</summary>
    public void Add(IEnumerable<ulong> evicted)
    {
        foreach (var key in evicted)
            if (keys.Add(key))
                order.Enqueue(key);
        while (order.Count > MaxKeys)
            keys.Remove(order.Dequeue());
        AtomicFile.Write(path, MemoryMarshal.AsBytes(order.ToArray().AsSpan()));
    }
}
