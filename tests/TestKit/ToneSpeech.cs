namespace Ssl.TestKit;

/// <summary>
/// Speech that a small model learns in seconds: each letter is a tone of its own, spoken for 120 to 200 ms with noise, words parted by
/// silence.
/// </summary>
public static class ToneSpeech
{
    const int SampleRateHz = 16_000;
    const string Letters = "abcdef";

    /// <summary>One to three words of one to four letters.</summary>
    public static string Text(Random random)
    {
        var words = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Letters[random.Next(Letters.Length)])]));
        return string.Join(' ', words);
    }

    public static short[] Speak(string text, Random random)
    {
        var samples = new List<short>();
        Silence(samples, 0.1, random);
        foreach (var letter in text)
        {
            if (letter == ' ')
                Silence(samples, 0.2, random);
            else
                Tone(samples, 250 * Math.Pow(1.45, Letters.IndexOf(letter)), 0.12 + 0.08 * random.NextDouble(), random);
        }
        Silence(samples, 0.1, random);
        return [.. samples];
    }

    static void Tone(List<short> samples, double hz, double seconds, Random random)
    {
        var count = (int)(seconds * SampleRateHz);
        for (var i = 0; i < count; i++)
        {
            var edge = Math.Min(1, Math.Min(i, count - i) / 320.0); // 20 ms in and out
            samples.Add((short)(6000 * edge * Math.Sin(2 * Math.PI * hz * i / SampleRateHz) + Noise(random)));
        }
    }

    static void Silence(List<short> samples, double seconds, Random random)
    {
        for (var i = 0; i < (int)(seconds * SampleRateHz); i++)
            samples.Add((short)Noise(random));
    }

    static double Noise(Random random) => 60 * (random.NextDouble() - 0.5);
}
