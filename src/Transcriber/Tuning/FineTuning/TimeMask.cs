using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Which frames are hidden from the context network in one update: spans, from starts drawn without regard to each other, so that spans may overlap (wav2vec 2.0, section 3.1).</summary>
static class TimeMask
{
    /// <param name="starts">Share of the frames at which a span starts.</param>
    /// <param name="frames">T of the padded batch.</param>
    /// <returns>bool [B, T]; never all of an utterance.</returns>
    public static Tensor Sample(long[] frameCounts, long frames, double starts, int spanFrames, Random random)
    {
        var masked = new bool[frameCounts.Length * frames];
        for (var utterance = 0; utterance < frameCounts.Length; utterance++)
        {
            var count = (int)frameCounts[utterance];
            // A span as long as a short word would leave nothing to read: half of an utterance is the most that one may hide.
            var span = Math.Min(spanFrames, count / 2);
            var spans = (int)(starts * count + random.NextDouble());
            for (var i = 0; i < spans && span > 0; i++)
                masked.AsSpan(utterance * (int)frames + random.Next(count - span + 1), span).Fill(true);
        }
        return tensor(masked, [frameCounts.Length, frames]); // [B, T]
    }
}
