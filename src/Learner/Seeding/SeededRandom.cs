namespace Ssl.Learner.Seeding;

/// <summary>
/// Random stream of (seed, step, purpose, part): SplitMix64 (Steele et al. 2014), so that a resumed run draws exactly the numbers of an
/// uninterrupted one, on any version of .NET. Not thread-safe.
/// </summary>
struct SeededRandom
{
    const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    ulong state;

    /// <param name="part">Micro-batch of the step.</param>
    public SeededRandom(long seed, long step, RandomPurpose purpose, int part = 0)
    {
        state = Mix(Mix(Mix((ulong)seed + GoldenGamma) + (ulong)step * GoldenGamma) + ((ulong)purpose + ((ulong)part << 32)) * GoldenGamma);
    }

    /// <summary>Uniform in [0, exclusiveMax); <paramref name="exclusiveMax"/> is 1 or more.</summary>
    public int Next(int exclusiveMax) => (int)(((NextBits() >> 32) * (ulong)exclusiveMax) >> 32);

    /// <inheritdoc cref="Next(int)"/>
    public long Next(long exclusiveMax) => (long)Math.BigMul(NextBits(), (ulong)exclusiveMax, out _);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1L << 53));

    /// <summary>A seed for a generator of libtorch, 0 to 2^62.</summary>
    public long NextSeed() => (long)(NextBits() >> 2);

    ulong NextBits() => Mix(state += GoldenGamma);

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
