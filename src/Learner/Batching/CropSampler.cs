using Ssl.Learner.Replay;
using Ssl.Learner.Seeding;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Learner.Batching;

/// <summary>
/// Draws the crops of a step; a pure function of (catalogue, seed, step). A first segment, drawn in proportion to its length, sets the
/// length of all crops, so that nothing is padded; the others come from segments of at least that length, preferably of similar length.
/// </summary>
sealed class CropSampler(BatchOptions options)
{
    /// <summary>0.5 s: two masked spans of 100 ms and enough unmasked frames. Shorter segments are not used.</summary>
    const int MinCropSamples = AudioFormat.SampleRateHz / 2;

    /// <summary>Crops above 0.5 s are rounded down to multiples of 160 ms: libtorch is faster with shapes it has seen before.</summary>
    const int CropStepSamples = AudioFormat.SampleRateHz * 16 / 100;

    /// <summary>
    /// Maximum length of the other segments as a multiple of the crop. There is no maximum where too few segments are in that range, or
    /// where crops have exactly <see cref="BatchOptions.MaxCropSeconds"/> (a multiple of 160 ms only; the default of 5 s gives 4.96 s).
    /// </summary>
    const double MaxLengthRatio = 1.25;

    /// <summary>Draws until a segment comes up that the step does not have yet; the last draw counts in any case.</summary>
    const int MaxDraws = 4;

    readonly int maxCropSamples = (int)(options.MaxCropSeconds * AudioFormat.SampleRateHz);

    /// <summary>Seconds of audio in segments of at least 0.5 s.</summary>
    public static double UsableSeconds(ReplayCatalogue catalogue) =>
        (catalogue.SampleCount - catalogue.SamplesBefore(catalogue.FirstOfLength(MinCropSamples))) / (double)AudioFormat.SampleRateHz;

    /// <summary>Crops and the 16 kHz samples of each. The catalogue must hold a segment of at least 0.5 s.</summary>
    public (Crop[] Crops, int SampleCount) Draw(ReplayCatalogue catalogue, long seed, long step)
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
        return (crops, cropSamples);
    }

    (int Low, int High) OfSimilarLength(ReplayCatalogue catalogue, int cropSamples, int rows)
    {
        var low = catalogue.FirstOfLength(cropSamples);
        var high = cropSamples == maxCropSamples ? catalogue.Count : catalogue.FirstOfLength((int)(cropSamples * MaxLengthRatio) + 1);
        return (low, high - low < rows ? catalogue.Count : high);
    }

    static int DrawUnchosen(ReplayCatalogue catalogue, int low, int high, List<int> chosen, ref SeededRandom random)
    {
        var index = DrawBetween(catalogue, low, high, ref random);
        for (var draw = 1; draw < MaxDraws && chosen.Contains(index); draw++)
            index = DrawBetween(catalogue, low, high, ref random);
        return index;
    }

    static int DrawBetween(ReplayCatalogue catalogue, int low, int high, ref SeededRandom random)
    {
        var before = catalogue.SamplesBefore(low);
        return catalogue.IndexOfSample(before + random.Next(catalogue.SamplesBefore(high) - before));
    }
}
