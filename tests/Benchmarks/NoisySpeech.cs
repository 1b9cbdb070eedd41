using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Benchmarks;

/// <summary>
/// Recordings with gaps of 1.5 to 5 s between them, and a noise under all: 16 kHz, and of each 10 ms whether somebody speaks (null: not
/// counted, inside a recording). Who speaks is told by the energy of the clean recordings: within 30 dB of their loud frames.
/// </summary>
sealed record NoisySpeech(string Name, short[] Samples, bool?[] Speech)
{
    const int FrameSamples = AudioFormat.SampleRateHz / 100;
    const int BabbleVoices = 12;

    public static NoisySpeech Mix(
        string noise, double snrDb, Recording[] recordings, Recording[] others, double seconds, double levelDb = -26, double unevenDb = 0)
    {
        var random = new Random(1);
        var (clean, speech) = (new List<double>(), new List<bool?>());
        while (clean.Count < seconds * AudioFormat.SampleRateHz)
        {
            Gap(150 + random.Next(350));
            var recording = recordings[random.Next(recordings.Length)];
            var gain = Amplitude(levelDb + unevenDb * (2 * random.NextDouble() - 1)) / Math.Sqrt(recording.Power);
            clean.AddRange(recording.Samples.Take(recording.Active.Length * FrameSamples).Select(s => s * gain));
            speech.AddRange(recording.Active.Select(active => active ? (bool?)true : null));
        }
        Gap(300);
        var (added, amplitude) = (Noise(noise, clean.Count, others), Amplitude(levelDb - snrDb));
        short Sample(double value, int at) => (short)Math.Clamp(Math.Round(value + amplitude * added[at]), short.MinValue, short.MaxValue);
        var name = unevenDb > 0 ? $"{noise} {snrDb} dB, voices +-{unevenDb} dB"
            : noise == "silence" ? $"silence, {levelDb} dBFS" : $"{noise} {snrDb} dB";
        return new NoisySpeech(name, [.. clean.Select(Sample)], [.. speech]);

        void Gap(int frames)
        {
            clean.AddRange(new double[frames * FrameSamples]);
            speech.AddRange(Enumerable.Repeat<bool?>(false, frames));
        }
    }

    static double Amplitude(double db) => 32768 * Math.Pow(10, db / 20);

    /// <summary>Of power 1.</summary>
    static double[] Noise(string kind, int count, Recording[] others)
    {
        var random = new Random(2);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var noise = new double[count];
        double[] poles = kind switch { "pink" => [0.99765, 0.963, 0.57], "brown" => [0.99], _ => [] };
        double[] gains = kind switch { "pink" => [0.099, 0.2965, 1.0527], _ => [1] }; // pink: Kellet's sum of three one-pole filters
        var state = new double[poles.Length];
        for (var i = 0; i < count && kind is not ("silence" or "babble"); i++)
        {
            var white = Normal();
            for (var p = 0; p < poles.Length; p++)
                noise[i] += state[p] = poles[p] * state[p] + gains[p] * white;
            noise[i] += kind switch { "pink" => 0.1848 * white, "brown" => 0, "hum" => 0.1 * white + Hum(i), _ => white };
        }
        for (var voice = 0; voice < BabbleVoices && kind == "babble"; voice++)
        {
            for (var at = -random.Next(AudioFormat.SampleRateHz); at < count;)
            {
                var other = others[random.Next(others.Length)];
                for (var i = Math.Max(0, -at); i < other.Samples.Length && at + i < count; i++)
                    noise[at + i] += other.Samples[i] / Math.Sqrt(other.Power);
                at += other.Samples.Length;
            }
        }
        var power = Math.Max(1e-9, noise.Average(n => n * n));
        return [.. noise.Select(n => n / Math.Sqrt(power))];
    }

    static double Hum(int at) => Enumerable.Range(0, 4)
        .Sum(h => Math.Sin(2 * Math.PI * 50 * (2 * h + 1) * at / AudioFormat.SampleRateHz) / (2 * h + 1));

    /// <param name="Power">Mean square while somebody speaks.</param>
    public sealed record Recording(short[] Samples, bool[] Active, double Power)
    {
        public static Recording Read(string path)
        {
            var samples = AudioFile.Read(path).Samples;
            double[] powers = [.. samples.Chunk(FrameSamples)
                .Where(c => c.Length == FrameSamples).Select(c => c.Average(s => (double)s * s))];
            double[] sorted = [.. powers.Order()];
            var (loud, quiet) = (sorted[sorted.Length * 95 / 100], sorted[sorted.Length / 20]);
            var threshold = Math.Min(Math.Max(loud / 1000, 4 * quiet), loud / 100);
            bool[] active = [.. powers.Select((_, f) => powers[Math.Max(0, f - 1)..Math.Min(powers.Length, f + 2)].Average() > threshold)];
            Fill(active, gap: true, maxFrames: 5); // clicks
            Fill(active, gap: false, maxFrames: 30); // closures of stops, short pauses
            return new Recording(samples, active, powers.Where((_, f) => active[f]).DefaultIfEmpty(1).Average());
        }

        /// <summary>Inverts stretches of a value that are shorter.</summary>
        static void Fill(bool[] active, bool gap, int maxFrames)
        {
            for (int from = 0, to; from < active.Length; from = to)
            {
                for (to = from; to < active.Length && active[to] == active[from];)
                    to++;
                if (active[from] == gap && to - from < maxFrames && from > 0 && to < active.Length)
                    Array.Fill(active, !gap, from, to - from);
            }
        }
    }
}
