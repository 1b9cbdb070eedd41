namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// The random numbers of <see cref="Random"/> with a seed, counted, so that a resumed fine-tuning goes on where it was. Not counted, and
/// not to be used: <see cref="Random.Next()"/>, <see cref="Random.NextBytes(byte[])"/>.
/// </summary>
sealed class CountedRandom(int seed) : Random(seed)
{
    /// <summary>Numbers drawn.</summary>
    public long Drawn { get; private set; }

    /// <summary>Draws until as many have been drawn as in a former run.</summary>
    public void SkipTo(long drawn)
    {
        while (Drawn < drawn)
            Sample();
    }

    protected override double Sample()
    {
        Drawn++;
        return base.Sample();
    }
}
