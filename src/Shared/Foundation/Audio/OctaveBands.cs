namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Powers of a frame in octaves, by Haar's wavelet: sums and differences of neighbours, and again of the sums. In whole numbers, so that
/// every machine finds the same. Of 16 kHz: 4 to 8 kHz, 2 to 4, 1 to 2, 0.5 to 1, and what is below without the frame's mean.
/// Not thread-safe.
/// </summary>
sealed class OctaveBands(int frameSamples)
{
    public const int Count = 5;

    readonly int[] sums = new int[frameSamples];

    /// <param name="interleaved">A frame of every channel.</param>
    /// <param name="powers">Mean squares in each band, as a share of full scale; the mean of the channels.</param>
    public void Measure(ReadOnlySpan<short> interleaved, int channels, Span<double> powers)
    {
        powers.Clear();
        for (var channel = 0; channel < channels; channel++)
        {
            for (var i = 0; i < frameSamples; i++)
                sums[i] = interleaved[i * channels + channel];
            AddChannel(powers, 1.0 / channels);
        }
    }

    void AddChannel(Span<double> powers, double weight)
    {
        var count = frameSamples;
        for (var band = 0; band < Count - 1; band++)
        {
            var energy = 0L;
            count /= 2;
            for (var i = 0; i < count; i++)
            {
                long difference = sums[2 * i] - sums[2 * i + 1];
                energy += difference * difference;
                sums[i] = sums[2 * i] + sums[2 * i + 1];
            }
            powers[band] += weight * Share(energy, band + 1);
        }
        var (sum, square) = (0L, 0L);
        foreach (var value in sums.AsSpan(0, count))
            (sum, square) = (sum + value, square + (long)value * value);
        powers[Count - 1] += weight * Share(square - sum * sum / Math.Max(1, count), Count - 1);
    }

    /// <summary>Each level's filter doubles the power.</summary>
    double Share(long energy, int levels) => energy / (double)(1L << levels) / frameSamples / (32768.0 * 32768.0);
}
