using Ssl.Learner.Replay;
using Ssl.Learner.Seeding;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Learner.Batching;

/// <summary>
/// Chooses the crops of a step: pure, a function of (catalogue, seed, step). The length of a first segment, up to the longest crop, is the
/// length of all crops; the others come from segments that are little longer. Each stored second is equally likely to be drawn first,
/// no step computes on padding, and every step costs about the same.
/// </summary>
sealed class CropSampler(BatchOptions options)
{
    /// <summary>Half a second: two masked spans of 100 ms and enough unmasked frames. Shorter segments are not used.</summary>
    const int MinCropSamples = AudioFormat.SampleRateHz / 2;

    /// <summary>Crops last a multiple of 160 ms, for the tensor library is faster with shapes that it has seen before.</summary>
    const int CropStepSamples = AudioFormat.SampleRateHz * 16 / 100;

    /// <summary>How much longer than the crop a segment may be, unless it is cut to the longest crop.</summary>
    const double LengthSlack = 1.25;

    const int DrawsForNewSegment = 4;

    readonly int maxCropSamples = (int)(options.MaxCropSeconds * AudioFormat.SampleRateHz);

    /// <summary>Seconds in segments that are long enough to train on.</summary>
    public static double UsableSeconds(ReplayCatalogue catalogue) =>
        (catalogue.SampleCount - catalogue.SamplesBefore(catalogue.FirstOfLength(MinCropSamples))) / (double)AudioFormat.SampleRateHz;

    /// <summary>The crops of a step. The catalogue holds at least one usable segment.</summary>
    public CropPlan Draw(ReplayCatalogue catalogue, long seed, long step)
    {
        var random = new SeededRandom(seed, step, RandomPurpose.Crops);
        var first = DrawBetween(catalogue, catalogue.FirstOfLength(MinCropSamples), catalogue.Count, ref random);
        var wanted = Math.Min(maxCropSamples, catalogue[first].SampleCount);
        var cropSamples = Math.Max(MinCropSamples, wanted / CropStepSamples * CropStepSamples);
        var rows = Math.Max(1, (int)Math.Round(options.AudioSeconds * AudioFormat.SampleRateHz / cropSamples));
        var (low, high) = OfSimilarLength(catalogue, cropSamples, rows);
        var chosen = new List<int>(rows) { first };
        while (chosen.Count < rows)
            chosen.Add(DrawUnchosen(catalogue, low, high, chosen, ref random));
        var crops = new Crop[rows];
        for (var row = 0; row < rows; row++)
            crops[row] = new Crop(catalogue[chosen[row]], random.Next(catalogue[chosen[row]].SampleCount - cropSamples + 1));
        return new CropPlan(crops, cropSamples);
    }

    (int Low, int High) OfSimilarLength(ReplayCatalogue catalogue, int cropSamples, int rows)
    {
        var low = catalogue.FirstOfLength(cropSamples);
        var high = cropSamples == maxCropSamples ? catalogue.Count : catalogue.FirstOfLength((int)(cropSamples * LengthSlack) + 1);
        return (low, high - low < rows ? catalogue.Count : high);
    }

    static int DrawUnchosen(ReplayCatalogue catalogue, int low, int high, List<int> chosen, ref SeededRandom random)
    {
        var index = DrawBetween(catalogue, low, high, ref random);
        for (var draw = 1; draw < DrawsForNewSegment && chosen.Contains(index); draw++)
            index = DrawBetween(catalogue, low, high, ref random);
        return index;
    }

    static int DrawBetween(ReplayCatalogue catalogue, int low, int high, ref SeededRandom random)
    {
        var before = catalogue.SamplesBefore(low);
        return catalogue.IndexOfSample(before + random.Next(catalogue.SamplesBefore(high) - before));
    }
}
