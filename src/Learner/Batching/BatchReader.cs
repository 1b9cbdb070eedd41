using Ssl.Learner.Replay;

namespace Ssl.Learner.Batching;

/// <summary>Draws the crops of a step and reads them into a buffer that all steps share. Not thread-safe.</summary>
sealed class BatchReader(ReplayStore store, CropSampler sampler)
{
    short[] buffer = [];

    /// <summary>The clips of a step, 16 kHz; valid until the next call.</summary>
    public IReadOnlyList<ReadOnlyMemory<short>> Read(long seed, long step)
    {
        while (true)
        {
            var (crops, samples) = sampler.Draw(store.Catalogue, seed, step);
            if (buffer.Length < crops.Length * samples)
                buffer = new short[crops.Length * samples];
            Memory<short>[] clips = [.. crops.Select((_, row) => buffer.AsMemory(row * samples, samples))];
            if (crops.Zip(clips).All(c => store.TryRead(c.First.Segment, c.First.FirstSample, c.Second.Span)))
                return Array.ConvertAll(clips, clip => (ReadOnlyMemory<short>)clip);
            // A segment was evicted after the catalogue was read: draw again from the current one.
        }
    }
}
