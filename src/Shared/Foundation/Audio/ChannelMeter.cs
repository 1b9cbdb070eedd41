using System.Numerics;
using System.Runtime.InteropServices;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Measures the channels of a recording block by block, and finds weights where their average would lose something: channels that cancel
/// (the stronger alone), silent ones (left out), one that drowns the others (mixed by power, or left out where it does not speak). Offsets
/// are left out of all powers. Not thread-safe.
/// </summary>
sealed class ChannelMeter(int channels)
{
    const double SilentShare = 1e-4; // 40 dB below the strongest
    const double UnevenShare = 0.1; // 10 dB
    const double EqualShare = 0.99; // rounding must not decide
    const double MaxGain = 10; // 20 dB
    const double CancellingShare = 0.5; // of what channels without relation give: their power
    const double MinCancelled = 0.1; // share of all power in blocks that cancel
    const double SpeakingRangeDb = 12; // between loud and quiet blocks
    const double SteadyRangeDb = 4; // hum, hiss
    const int MinBlocksForRange = 10;
    const float FullScale = 0.999f;
    const double ClippedShare = 0.01;

    readonly List<double[]> blocks = []; // power of each channel, then of the mix
    readonly long[] clipped = new long[channels];
    long frames;

    /// <param name="interleaved">A block of whole frames.</param>
    public void AddChannels(ReadOnlySpan<float> interleaved)
    {
        var count = interleaved.Length / channels;
        if (count == 0)
            return;
        var (sums, squares) = (new double[channels], new double[channels]);
        var lanes = Vector<float>.Count;
        var whole = lanes % channels == 0 ? interleaved.Length / lanes * lanes : 0; // then each lane is of one channel
        var (sum, square, clips) = (Vector<float>.Zero, Vector<float>.Zero, Vector<int>.Zero);
        foreach (var value in MemoryMarshal.Cast<float, Vector<float>>(interleaved[..whole]))
        {
            sum += value;
            square += value * value;
            clips -= Vector.GreaterThanOrEqual(Vector.Abs(value), new Vector<float>(FullScale));
        }
        for (var lane = 0; lane < (whole > 0 ? lanes : 0); lane++)
            Count(lane % channels, sum[lane], square[lane], clips[lane]);
        for (var i = whole; i < interleaved.Length; i++)
            Count(i % channels, interleaved[i], interleaved[i] * interleaved[i], MathF.Abs(interleaved[i]) >= FullScale ? 1 : 0);
        frames += count;
        blocks.Add([.. squares.Select((s, c) => Math.Max(0, s - sums[c] * sums[c] / count)), 0]);

        void Count(int channel, double value, double power, int clips)
        {
            sums[channel] += value;
            squares[channel] += power;
            clipped[channel] += clips;
        }
    }

    /// <summary>The average of the block before.</summary>
    public void AddMix(ReadOnlySpan<float> mono)
    {
        if (mono.Length == 0)
            return;
        var whole = mono.Length / Vector<float>.Count * Vector<float>.Count;
        var (sums, squares) = (Vector<float>.Zero, Vector<float>.Zero);
        foreach (var value in MemoryMarshal.Cast<float, Vector<float>>(mono[..whole]))
        {
            sums += value;
            squares += value * value;
        }
        var (sum, square) = ((double)Vector.Sum(sums), (double)Vector.Sum(squares));
        foreach (var value in mono[whole..])
            (sum, square) = (sum + value, square + value * value);
        blocks[^1][channels] = Math.Max(0, square - sum * sum / mono.Length);
    }

    /// <summary>Better weights than the average, or null; and what is wrong.</summary>
    public (float[]? Weights, AudioFaults Faults) Judge()
    {
        double[] power = [.. Enumerable.Range(0, channels).Select(c => blocks.Sum(b => b[c]))];
        var strongest = power.Max();
        if (strongest <= 0)
            return (null, AudioFaults.None);
        int[] heard = [.. Enumerable.Range(0, channels).Where(c => power[c] > SilentShare * strongest)];
        var faults = heard.Length < channels ? AudioFaults.SilentChannel : AudioFaults.None;
        var speaking = Speaking(heard);
        var chosen = Unclipped(speaking);
        if (chosen.Length < speaking.Length)
            faults |= AudioFaults.Clipped;
        if (chosen.Length > 1 && Cancels(heard))
        {
            var stronger = chosen.First(c => power[c] >= EqualShare * chosen.Max(c => power[c]));
            return (Weights([stronger], power), faults | AudioFaults.CancellingChannels);
        }
        if (chosen.Min(c => power[c]) < UnevenShare * heard.Max(c => power[c]) || speaking.Length < heard.Length)
            faults |= AudioFaults.UnevenChannels;
        return faults == AudioFaults.None ? (null, faults) : (Weights(chosen, power), faults);
    }

    /// <summary>Each of the chosen channels as loud as the loudest of them, then averaged.</summary>
    float[] Weights(int[] chosen, double[] power)
    {
        var loudest = chosen.Max(c => power[c]);
        var weights = new float[channels];
        foreach (var channel in chosen)
        {
            var isEven = power[channel] >= UnevenShare * loudest;
            weights[channel] = (float)((isEven ? 1 : Math.Min(MaxGain, Math.Sqrt(loudest / power[channel]))) / chosen.Length);
        }
        return weights;
    }

    bool Cancels(int[] heard)
    {
        var (cancelled, all) = (0.0, 0.0);
        var unrelated = heard.Length / (double)(channels * channels); // of their mean power, in the average of all channels
        foreach (var block in blocks)
        {
            var mean = heard.Average(c => block[c]);
            all += mean;
            cancelled += block[channels] < CancellingShare * unrelated * mean ? mean : 0;
        }
        return cancelled > MinCancelled * all;
    }

    /// <summary>Without channels of steady noise, where another one has the loud and quiet moments of speech.</summary>
    int[] Speaking(int[] heard)
    {
        if (heard.Length == 1 || blocks.Count < MinBlocksForRange || !heard.Any(c => RangeDb(c) > SpeakingRangeDb))
            return heard;
        return [.. heard.Where(c => RangeDb(c) > SteadyRangeDb)];
    }

    /// <summary>Without channels that are clipped, where another one is not.</summary>
    int[] Unclipped(int[] heard)
    {
        double Share(int channel) => clipped[channel] / (double)frames;
        var clean = heard.Where(c => Share(c) < ClippedShare / 10).ToArray();
        return clean.Length > 0 && heard.Any(c => Share(c) > ClippedShare) ? clean : heard;
    }

    double RangeDb(int channel)
    {
        double[] levels = [.. blocks.Select(b => b[channel]).Order()];
        return 10 * Math.Log10((levels[levels.Length * 9 / 10] + 1e-9) / (levels[levels.Length / 10] + 1e-9));
    }
}
