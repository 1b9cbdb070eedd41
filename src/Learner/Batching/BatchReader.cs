using Ssl.Learner.Replay;

namespace Ssl.Learner.Batching;

/// <summary>Draws and reads the batch of a step into one buffer that it uses again for every step. Not thread-safe.</summary>
sealed class BatchReader(ReplayStore store, CropSampler sampler)
{
    short[] buffer = [];
    ReadOnlyMemory<short>[] clips = [];

    /// <summary>The clips of a step, 16 kHz; valid until the next call.</summary>
    public (IReadOnlyList<ReadOnlyMemory<short>> Clips, double AudioSeconds) Read(long seed, long step)
    {
        while (true)
        {
            var plan = sampler.Draw(store.Catalogue, seed, step);
            if (TryRead(plan)) // false: a segment was evicted since; the store that now is has its own draw
                return (clips, plan.AudioSeconds);
        }
    }

    bool TryRead(CropPlan plan)
    {
        if (buffer.Length < plan.Crops.Count * plan.SampleCount)
            buffer = new short[plan.Crops.Count * plan.SampleCount];
        if (clips.Length != plan.Crops.Count)
            clips = new ReadOnlyMemory<short>[plan.Crops.Count];
        for (var row = 0; row < plan.Crops.Count; row++)
        {
            var clip = buffer.AsMemory(row * plan.SampleCount, plan.SampleCount);
            if (!store.TryRead(plan.Crops[row].Segment, plan.Crops[row].FirstSample, clip.Span))
                return false;
            clips[row] = clip;
        }
        return true;
    }
}
