namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// The noise floor and the level of speech in each octave. The floor is the least smoothed power of the last 3 s (minimum statistics:
/// R. Martin, 2001), the level the greatest, which fades. A frame is speech from near the geometric mean of the two on, within bounds: so
/// voices in the background are none while somebody speaks nearby. Nothing but +, -, *, / and square roots: every machine finds the same.
/// Not thread-safe.
/// </summary>
sealed class VoiceLevels
{
    const int SmoothedFrames = 5;
    const int PartFrames = 50;
    const int Parts = 6;
    const double MinFloor = 3e-9; // -85 dB of full scale: what 16 bits leave
    const double MinThreshold = 1.8; // amplitude above the floor
    const double MaxThreshold = 6;
    const double MeanShare = 0.8; // of the geometric mean
    const double Fade = 0.9993; // a frame: half in 10 s

    readonly double[,] recent = new double[SmoothedFrames, OctaveBands.Count];
    readonly double[,] minima = new double[Parts, OctaveBands.Count];
    readonly double[] floor = new double[OctaveBands.Count];
    readonly double[] smoothed = new double[OctaveBands.Count];
    readonly double[] loudest = new double[OctaveBands.Count];
    int frames;

    public VoiceLevels() => Restart();

    /// <summary>Smoothed powers of the frame added last.</summary>
    public ReadOnlySpan<double> Smoothed => smoothed;

    /// <summary>The levels of speech, with which another instance goes on.</summary>
    public float[] Loudest
    {
        get => [.. loudest.Select(power => (float)power)];
        init => value.Select(power => (double)power).ToArray().CopyTo(loudest, 0);
    }

    /// <summary>Forgets everything but the levels of speech, which are rounded as those that are handed on.</summary>
    public void Restart()
    {
        frames = 0;
        for (var band = 0; band < OctaveBands.Count; band++)
        {
            loudest[band] = (float)loudest[band];
            for (var part = 0; part < Parts; part++)
                minima[part, band] = double.PositiveInfinity;
        }
    }

    public void Add(ReadOnlySpan<double> powers)
    {
        var (slot, part) = (frames % SmoothedFrames, frames / PartFrames % Parts);
        var (isNewPart, count) = (frames % PartFrames == 0, Math.Min(++frames, SmoothedFrames));
        for (var band = 0; band < OctaveBands.Count; band++)
        {
            recent[slot, band] = powers[band];
            var sum = 0.0;
            for (var i = 0; i < count; i++)
                sum += recent[i, band];
            smoothed[band] = sum / count;
            loudest[band] = Math.Max(smoothed[band], Fade * loudest[band]);
            minima[part, band] = isNewPart ? smoothed[band] : Math.Min(minima[part, band], smoothed[band]);
            var least = minima[0, band];
            for (var i = 1; i < Parts; i++)
                least = Math.Min(least, minima[i, band]);
            floor[band] = Math.Max(least, MinFloor);
        }
    }

    /// <summary>0 to 1; speech from 0.5 on.</summary>
    /// <param name="powers">Smoothed.</param>
    public double ProbabilityOf(ReadOnlySpan<double> powers)
    {
        var (above, level) = (AboveFloor(powers), AboveFloor(loudest));
        return above / (above + Math.Clamp(MeanShare * Math.Sqrt(level), MinThreshold, MaxThreshold));
    }

    double AboveFloor(ReadOnlySpan<double> powers)
    {
        var sum = 0.0;
        for (var band = 0; band < OctaveBands.Count; band++)
            sum += Math.Sqrt(powers[band] / floor[band]);
        return sum / OctaveBands.Count;
    }
}
