using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Learner.Batching;

/// <summary>The crops of a batch, all of one length: nothing is padded.</summary>
/// <param name="SampleCount">16 kHz samples of each crop.</param>
sealed record CropPlan(IReadOnlyList<Crop> Crops, int SampleCount)
{
    public double AudioSeconds => AudioFormat.SecondsOf(SampleCount) * Crops.Count;
}
