using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>Audio of the latest proposals: they can be played and labelled when the topic has lost them. Thread-safe.</summary>
sealed class RecentSegments
{
    const int MaxBytes = 32 << 20; // 17 minutes

    readonly Lock gate = new();
    readonly LinkedList<StreamSegment> latest = new(); // latest first

    public StreamSegment? Find(SegmentId id)
    {
        lock (gate)
            return latest.FirstOrDefault(s => s.Id == id);
    }

    public void Add(StreamSegment segment)
    {
        lock (gate)
        {
            if (latest.FirstOrDefault(s => s.Id == segment.Id) is { } same)
                latest.Remove(same);
            latest.AddFirst(segment);
            while (latest.Sum(s => (long)s.Samples.Length) * AudioFormat.BytesPerSample > MaxBytes)
                latest.RemoveLast();
        }
    }
}
