using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// How a recording sounds (voice, channel, noise) as a vector: mean and standard deviation of log-mel bins, whatever its loudness. It needs
/// no model, so it is the same for every encoder. Thread-safe.
/// </summary>
public static class AcousticVector
{
    const int Bins = 40;
    /// <summary>Numbers of a vector.</summary>
    public const int Size = 2 * Bins;

    static readonly Lazy<LogMelExtractor> Extractor = new(() => new LogMelExtractor(Bins, stride: 1));

    /// <param name="samples">16 kHz mono PCM16.</param>
    public static float[] Of(ReadOnlyMemory<short> samples)
    {
        var statistics = Extractor.Value.Statistics(samples);
        var loudness = statistics.AsSpan(0, Bins).ToArray().Average();
        for (var bin = 0; bin < Bins; bin++)
            statistics[bin] -= loudness;
        return statistics;
    }
}
