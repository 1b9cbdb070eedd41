using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Benchmarks;

/// <summary>
/// How much of speech detectors of speech keep, and how much between it they let pass, under noises; and their CPU time. What a detector
/// calls speech is widened as a cutter widens it: 0.3 s before, 0.35 s behind. The figures of ADR 13.
/// </summary>
static class VoiceDetection
{
    const int FrameSamples = AudioFormat.SampleRateHz / 100;
    const int LeadFrames = 30;
    const int TailFrames = 35;
    const double Seconds = 150;
    const int RecordingsASet = 25;

    /// <param name="data">The folder of speech.</param>
    public static void Print(string data)
    {
        var (recordings, others) = (Recordings(data, 0), Recordings(data, 1_000));
        var detectors = new List<(string Name, Func<short[], bool[]> Detect)>
        {
            ("cutter before", samples => Segments(new FixedFloorCutter().Cut(samples), samples.Length)),
            ("NAudio 3.3", NAudio), ("frames here", Frames), ("cutter here", Cutter),
        };
        using var silero = File.Exists(SileroDetector.Model) ? new SileroDetector(SileroDetector.Model) : null;
        if (silero is not null)
            detectors.Add(("Silero 5", samples => Silero(silero, samples)));
        else
            Console.WriteLine($"without Silero: {SileroDetector.Model} is not there (deploy/setup.sh test fetches it)");
        Console.WriteLine($"% of speech kept, % of the rest passed | {string.Join(" | ", detectors.Select(d => d.Name))}");
        var (sums, cpu, seconds, rows) = (new (double, double)[detectors.Count], new double[detectors.Count], 0.0, 0);
        foreach (var material in Materials(recordings, others))
        {
            var shares = detectors.Select((detector, i) =>
            {
                var before = Environment.CpuUsage.TotalTime;
                var passed = detector.Detect(material.Samples);
                cpu[i] += (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
                return (Share(material, passed, true), Share(material, passed, false));
            }).ToArray();
            sums = [.. sums.Zip(shares, (a, b) => (a.Item1 + b.Item1, a.Item2 + b.Item2))];
            (seconds, rows) = (seconds + material.Samples.Length / (double)AudioFormat.SampleRateHz, rows + 1);
            PrintRow(material.Name, shares);
        }
        PrintRow("mean", [.. sums.Select(s => (s.Item1 / rows, s.Item2 / rows))]);
        var costs = cpu.Select(c => FormattableString.Invariant($"{60 * c / seconds:0}"));
        Console.WriteLine($"CPU, ms a minute | {string.Join(" | ", costs)}");
    }

    static IEnumerable<NoisySpeech> Materials(NoisySpeech.Recording[] recordings, NoisySpeech.Recording[] others)
    {
        NoisySpeech Mix(string noise, double snrDb, double levelDb = -26, double unevenDb = 0) =>
            NoisySpeech.Mix(noise, snrDb, recordings, others, Seconds, levelDb, unevenDb);
        yield return Mix("silence", 100);
        yield return Mix("silence", 100, levelDb: -45);
        yield return Mix("white", 35, unevenDb: 12);
        yield return Mix("babble", 20, unevenDb: 10);
        foreach (var noise in new[] { "white", "pink", "brown", "hum", "babble" })
            foreach (var snrDb in new[] { 20.0, 10, 5 })
                yield return Mix(noise, snrDb);
    }

    static NoisySpeech.Recording[] Recordings(string data, int from) =>
    [
        .. new[] { "read-speech", "accented-english", "german" }.SelectMany(set =>
        {
            var files = Directory.GetFiles(Path.Combine(data, set, "audio")).Order(StringComparer.Ordinal).ToArray();
            return Enumerable.Range(0, RecordingsASet).Select(i => files[(from + i * 7919) % files.Length]); // from many speakers
        }).Select(NoisySpeech.Recording.Read),
    ];

    static void PrintRow(string name, (double Kept, double Passed)[] shares) => Console.WriteLine(
        $"{name} | {string.Join(" | ", shares.Select(s => FormattableString.Invariant($"{100 * s.Kept:0.0}, {100 * s.Passed:0.0}")))}");

    static double Share(NoisySpeech material, bool[] passed, bool speech) =>
        passed.Where((_, frame) => frame < material.Speech.Length && material.Speech[frame] == speech).Average(p => p ? 1.0 : 0.0);

    static bool[] Segments(IEnumerable<CutSegment> segments, int samples)
    {
        var passed = new bool[samples / FrameSamples];
        foreach (var segment in segments)
            for (var frame = segment.Start / FrameSamples; frame < Math.Min(passed.Length, segment.End / FrameSamples); frame++)
                passed[frame] = true;
        return passed;
    }

    static bool[] Cutter(short[] samples)
    {
        var cutter = new SilenceCutter();
        var segments = cutter.Push(samples);
        return Segments(cutter.Flush() is { } last ? segments.Append(last) : segments, samples.Length);
    }

    static bool[] Frames(short[] samples) =>
        Widened(new VoiceActivityDetector().Push(samples).Where(f => f.IsSpeech)
            .Select(f => ((int)f.Start, (int)f.Start + 1)), samples.Length);

    static bool[] Silero(SileroDetector silero, short[] samples) =>
        Widened(silero.Detect(samples).Where(b => b.Probability >= 0.5f).Select(b => (b.Start, b.End)), samples.Length);

    static bool[] NAudio(short[] samples)
    {
        var detector = new NAudio.Dsp.VoiceActivityDetector(AudioFormat.SampleRateHz);
        return Widened(samples.Select((s, at) => (At: at, IsSpeech: detector.Process(s / 32768f))).Where(s => s.IsSpeech)
            .Select(s => (s.At, s.At + 1)), samples.Length);
    }

    static bool[] Widened(IEnumerable<(int Start, int End)> speech, int samples)
    {
        var passed = new bool[samples / FrameSamples];
        foreach (var (start, end) in speech)
        {
            var from = Math.Max(0, start / FrameSamples - LeadFrames);
            var to = Math.Min(passed.Length, (end - 1) / FrameSamples + TailFrames + 1);
            if (from < to)
                passed.AsSpan(from, to - from).Fill(true);
        }
        return passed;
    }
}
