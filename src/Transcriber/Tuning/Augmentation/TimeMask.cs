using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.Augmentation;

/// <summary>Draws spans of frames that the mask vector replaces; spans may overlap (wav2vec 2.0, section 3.1).</summary>
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
            var span = Math.Min(spanFrames, count / 2); // a longer one could hide a short word entirely
            var spans = (int)(starts * count + random.NextDouble());
            for (var i = 0; i < spans && span > 0; i++)
                masked.AsSpan(utterance * (int)frames + random.Next(count - span + 1), span).Fill(true);
        }
        return tensor(masked, [frameCounts.Length, frames]); // [B, T]
    }
}
