using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NAudio.Codecs;
using NAudio.Wave;
using NAudio.Wave.SampleProviders;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Benchmarks;

/// <summary>
/// Decoding of a minute of speech by this process and by ffmpeg: CPU time, and how far the samples lie apart; and the same for the parts of
/// NAudio that could take another's place. The figures of ADR 12; needs ffmpeg.
/// </summary>
static class AudioDecoding
{
    const int Repeats = 5;
    const int SourceRateHz = 48_000;

    static readonly (string Name, string Arguments)[] Formats =
    [
        ("wav 48 kHz stereo", "-ac 2 -ar 48000 OUT.wav"), ("flac 48 kHz stereo", "-ac 2 -ar 48000 OUT.flac"),
        ("opus 48 kHz stereo", "-ac 2 -ar 48000 -c:a libopus OUT.opus"), ("opus mono", "-ar 48000 -c:a libopus OUT.opus"),
        ("vorbis 44.1 kHz stereo", "-ac 2 -ar 44100 -c:a libvorbis OUT.ogg"), ("mp3 44.1 kHz stereo", "-ac 2 -ar 44100 -q:a 4 OUT.mp3"),
        ("m4a (ffmpeg)", "-ac 2 -ar 44100 -c:a aac OUT.m4a"), ("webm (ffmpeg)", "-c:a libopus OUT.webm"),
        ("g722 in wav (ffmpeg)", "-c:a adpcm_g722 OUT.wav"),
    ];

    /// <param name="recordings">Speech, a minute in all at least.</param>
    public static void Print(IEnumerable<string> recordings)
    {
        var folder = Directory.CreateTempSubdirectory("ssl-audio-").FullName;
        try
        {
            var speech = recordings.SelectMany(path => AudioFile.Read(path).Samples).Take(60 * 16_000).ToArray();
            File.WriteAllBytes(Path.Combine(folder, "in.pcm"), MemoryMarshal.AsBytes<short>(speech).ToArray());
            Console.WriteLine("format | ms of CPU here | of ffmpeg, start and all | ratio | dB of ffmpeg's samples above the difference");
            foreach (var (name, arguments) in Formats)
                PrintFormat(name, arguments, folder);
            PrintLaws(speech, folder);
            PrintResamplers(speech, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void PrintFormat(string name, string arguments, string folder)
    {
        var file = arguments.Split(' ')[^1].Replace("OUT", Path.Combine(folder, "a"), StringComparison.Ordinal);
        Ffmpeg($"-f s16le -ar 16000 -i {folder}/in.pcm {arguments.Replace("OUT", Path.Combine(folder, "a"), StringComparison.Ordinal)}");
        var bytes = File.ReadAllBytes(file);
        var decoded = AudioDecoder.Decode(bytes, null, DecodeLimits.Default); // also warms up
        var here = Enumerable.Range(0, Repeats).Min(_ => Cpu(() => AudioDecoder.Decode(bytes, null, DecodeLimits.Default)));
        var there = Enumerable.Range(0, Repeats).Min(_ => Ffmpeg($"-i {file} -ac 1 -ar 16000 -f s16le {folder}/out.pcm"));
        var ratio = name.Contains("(ffmpeg)", StringComparison.Ordinal) ? "its process apart" : $"{here / there:0.00}";
        var distance = Distance(Samples($"{folder}/out.pcm"), decoded.Samples);
        Console.WriteLine(Invariant($"{name} | {here:0} | {there:0} | {ratio} | {distance:0.0}"));
    }

    static void PrintLaws(short[] speech, string folder)
    {
        foreach (var (name, format, encode) in new (string, string, Func<short, byte>)[]
            { ("A-law", "alaw", ALawEncoder.LinearToALawSample), ("mu-law", "mulaw", MuLawEncoder.LinearToMuLawSample) })
        {
            File.WriteAllBytes($"{folder}/law", [.. Enumerable.Range(0, 256).Select(code => (byte)code)]);
            Ffmpeg($"-f {format} -ar 16000 -i {folder}/law -f s16le {folder}/out.pcm");
            var codes = AudioDecoder.Decode(File.ReadAllBytes($"{folder}/law"), $"audio/x-{format};rate=16000", DecodeLimits.Default);
            var differing = Samples($"{folder}/out.pcm").Zip(codes.Samples).Count(pair => pair.First != pair.Second);
            var coded = speech.Select(encode).ToArray();
            var cpu = Cpu(() => AudioDecoder.Decode(coded, $"audio/x-{format};rate=16000", DecodeLimits.Default));
            Console.WriteLine(Invariant($"{name}: {differing} of 256 codes differ from ffmpeg's; a minute of 16 kHz takes {cpu:0} ms"));
        }
        var g722 = new byte[speech.Length / 2];
        new G722Codec().Encode(new G722CodecState(64_000, G722Flags.None), g722, speech, speech.Length);
        File.WriteAllBytes($"{folder}/a.g722", g722);
        var theirs = Ffmpeg($"-f g722 -i {folder}/a.g722 -f s16le {folder}/out.pcm");
        var ours = Cpu(() => AudioDecoder.Decode(g722, "audio/G722", DecodeLimits.Default));
        var distance = Distance(Samples($"{folder}/out.pcm"), AudioDecoder.Decode(g722, "audio/G722", DecodeLimits.Default).Samples);
        Console.WriteLine(Invariant($"G.722: NAudio {ours:0} ms, ffmpeg with its start {theirs:0} ms, {distance:0.0} dB apart"));
    }

    /// <summary>Down from 48 kHz: a tone that must vanish (aliasing), and CPU time.</summary>
    static void PrintResamplers(short[] speech, string folder)
    {
        Ffmpeg($"-f s16le -ar 16000 -i {folder}/in.pcm -ar {SourceRateHz} -f s16le {folder}/wide.pcm");
        var wide = Samples($"{folder}/wide.pcm");
        float[] tone = [.. Enumerable.Range(0, 10 * SourceRateHz)
            .Select(i => 0.5f * MathF.Sin(2 * MathF.PI * 9_000 * (i % SourceRateHz) / SourceRateHz))];
        foreach (var (name, convert) in new (string, Func<float[], short[]>)[] { ("soxr", Soxr), ("NAudio's WDL", Wdl) })
        {
            float[] floats = [.. wide.Select(s => s / 32768f)];
            convert(floats);
            var cpu = Enumerable.Range(0, Repeats).Min(_ => Cpu(() => convert(floats)));
            var left = convert(tone).Skip(1_000).SkipLast(1_000).Average(s => (double)s * s);
            var (distance, alias) = (Distance(speech, convert(floats)), 10 * Math.Log10((left + 1e-3) / (0.125 * 32768 * 32768)));
            Console.WriteLine(Invariant(
                $"{name}: a minute from 48 kHz takes {cpu:0} ms, {distance:0.0} dB; of a tone of 9 kHz {alias:0.0} dB are left"));
        }
    }

    static short[] Soxr(float[] floats) => Resampler.Convert([.. floats.Select(f => (short)MathF.Round(f * 32768))], SourceRateHz);

    static short[] Wdl(float[] floats)
    {
        var resampler = new WdlResamplingSampleProvider(new Floats(floats), 16_000);
        var (samples, block) = (new List<short>(), new float[16_000]);
        for (int read; (read = resampler.Read(block)) > 0;)
            samples.AddRange(block.Take(read).Select(f => (short)Math.Clamp(MathF.Round(f * 32768), short.MinValue, short.MaxValue)));
        return [.. samples];
    }

    /// <summary>Power of the reference over that of the difference, at the lag (up to 2 ms) at which they lie closest.</summary>
    static double Distance(short[] reference, short[] other) => Enumerable.Range(-32, 65).Max(lag =>
    {
        var (power, error) = (0.0, 1e-9);
        for (var i = 64; i < Math.Min(reference.Length, other.Length) - 64; i++)
        {
            double difference = reference[i] - other[i + lag];
            power += (double)reference[i] * reference[i];
            error += difference * difference;
        }
        return 10 * Math.Log10(power / error);
    });

    static short[] Samples(string path) => MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(path)).ToArray();

    /// <summary>Milliseconds of CPU of this process.</summary>
    static double Cpu(Action work)
    {
        var before = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    /// <summary>Milliseconds of CPU of ffmpeg, as it prints them.</summary>
    public static double Ffmpeg(string arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", $"-nostdin -y -v info -nostats -benchmark -threads 1 {arguments}")
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("ffmpeg does not start");
        var messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        var times = messages.Split('\n').LastOrDefault(l => l.Contains("utime=", StringComparison.Ordinal))
            ?? throw new InvalidOperationException(messages);
        return 1000 * times.Split(' ').Select(w => w.Split('=')).Where(w => w[0] is "utime" or "stime")
            .Sum(w => double.Parse(w[1].TrimEnd('s', '\r'), CultureInfo.InvariantCulture));
    }

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    sealed class Floats(float[] samples) : ISampleProvider
    {
        int at;

        public WaveFormat WaveFormat { get; } = WaveFormat.CreateIeeeFloatWaveFormat(SourceRateHz, 1);

        public int Read(Span<float> buffer)
        {
            var count = Math.Min(buffer.Length, samples.Length - at);
            samples.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        }
    }
}
