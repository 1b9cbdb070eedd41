using System.Buffers.Binary;
using System.ComponentModel;
using Ssl.Shared.Foundation.Audio.Containers;
using Ssl.Shared.Foundation.Audio.Ffmpeg;
using static Ssl.Shared.Foundation.Audio.DecodeResult;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>What libsndfile does not read, through ffmpeg where it is installed. Thread-safe.</summary>
static class FfmpegDecoder
{
    const int BlockFrames = 8_192;
    const int AuHeaderBytes = 24;
    const double MinLostSeconds = 0.3; // headers round, and count the encoder's delay
    const double MinLostShare = 0.02;
    static readonly TimeSpan MinTime = TimeSpan.FromSeconds(30);

    /// <summary>Looks each time: it may be installed while this process runs.</summary>
    public static bool IsInstalled => IsOnPath("ffmpeg") && IsOnPath("prlimit");

    /// <param name="stream">Takes the samples as they come, and does not hold ffmpeg up: its time is limited.</param>
    /// <param name="known">What the container's own walk found missing.</param>
    public static async Task<DecodeResult> DecodeAsync(
        ReadOnlyMemory<byte> bytes, AudioContainer container, DecodeLimits limits, AudioStream? stream, CancellationToken ct,
        CutOff? known = null)
    {
        if (!limits.UseFfmpeg)
            return Refused(RejectReason.FfmpegMissing, $"{container} is read by ffmpeg, which the settings do not allow");
        if (!IsInstalled)
            return Refused(RejectReason.FfmpegMissing,
                $"{container} is read by ffmpeg, which is not installed: apt-get install ffmpeg util-linux (make setup does it)");
        if (stream is not null)
            stream.HoldsUp = false;
        var clip = new Clip(limits, bytes.Length, ct, stream);
        foreach (var part in Parts(bytes, container))
        {
            if (await ReadAsync(part, container, clip, known, ct) is not { } refusal)
                continue;
            if (clip.IsEmpty || refusal.Reason != RejectReason.Corrupt)
                return refusal;
            clip.CutOff = new CutOff(null, refusal.Detail);
        }
        return clip.End();
    }

    /// <summary>What a reader of a pipe, which cannot seek, reads in one go.</summary>
    static IReadOnlyList<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> bytes, AudioContainer container) => container switch
    {
        AudioContainer.Mp4 => Mp4File.Parts(bytes),
        AudioContainer.Caf => [CafFile.Streamable(bytes)],
        _ => [bytes],
    };

    static async Task<DecodeResult?> ReadAsync(
        ReadOnlyMemory<byte> bytes, AudioContainer container, Clip clip, CutOff? known, CancellationToken ct)
    {
        var output = new Output(clip);
        do
        {
            var time = MinTime + TimeSpan.FromSeconds(clip.Limits.MaxSeconds / 20); // ten times slower than seen on one core
            var (outcome, problem) = await RunAsync(bytes, output, time, ct);
            if (outcome is null)
                return Refused(RejectReason.FfmpegMissing, $"{container} is read by ffmpeg, which cannot be started: {problem}");
            if (output.Refusal is { } refusal)
                return refusal;
            if (outcome.IsKilled)
                return Refused(RejectReason.TooCostly, $"{container}: ffmpeg needed more than {time.TotalSeconds:0} s, or too much memory");
            if (output.Frames == 0)
                return Refused(RejectReason.Corrupt, $"{container}: ffmpeg reads no audio in it: {outcome.Problem}");
            clip.CutOff = CutOffOf(outcome, output.Seconds)
                ?? (outcome.ExitCode == 0 ? null : new CutOff(null, "ffmpeg ended with an error")) ?? known ?? clip.CutOff;
        }
        while (output.IsToBeReadAgain);
        return null;
    }

    static async Task<(FfmpegOutcome? Outcome, string Problem)> RunAsync(
        ReadOnlyMemory<byte> bytes, Output output, TimeSpan time, CancellationToken ct)
    {
        try
        {
            return (await FfmpegPool.RunAsync(bytes, output.ReadAsync, time, ct), "");
        }
        catch (Win32Exception e) // too many processes, no memory for one, or the program is gone: no reason to stop a service
        {
            return (null, e.Message);
        }
    }

    static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    static CutOff? CutOffOf(FfmpegOutcome outcome, double seconds)
    {
        var isShort = outcome.PromisedSeconds is { } promised && promised - seconds > Math.Max(MinLostSeconds, MinLostShare * promised);
        return isShort ? CutOff.Of(outcome.PromisedSeconds!.Value, seconds, "seconds")
            : outcome.CutOff is { } evidence ? new CutOff(null, $"ffmpeg: {evidence}") : null;
    }

    /// <summary>Reads the AU file that ffmpeg writes.</summary>
    sealed class Output(Clip clip)
    {
        static readonly AudioContentType Samples = new(AudioEncoding.PcmBigEndian, null, 0, 0);

        float[]? weights;

        public DecodeResult? Refusal { get; private set; }
        public long Frames { get; private set; }
        public double Seconds { get; private set; }
        public bool IsToBeReadAgain => weights is not null;

        /// <summary>False: no more of it is wanted.</summary>
        public async Task<bool> ReadAsync(Stream au, CancellationToken ct)
        {
            Frames = 0;
            var header = new byte[AuHeaderBytes];
            if (await au.ReadAtLeastAsync(header, AuHeaderBytes, throwOnEndOfStream: false, ct) < AuHeaderBytes)
                return true; // it wrote nothing, and says why
            int Field(int index) => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * index));
            var (start, rateHz, channels) = (Field(1), Field(4), Field(5));
            Refusal = DecodeLimits.Refuse(rateHz, channels);
            if (Refusal is not null)
                return false;
            var rest = new byte[start - AuHeaderBytes];
            await au.ReadAtLeastAsync(rest, rest.Length, throwOnEndOfStream: false, ct);
            using var pass = new ClipPass(clip, rateHz, channels, expectedFrames: 0, weights);
            var bytes = new byte[BlockFrames * channels * sizeof(short)];
            var block = new float[BlockFrames * channels];
            for (int read; (read = await au.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct)) > 0;)
            {
                var values = block.AsMemory(0, read / (channels * sizeof(short)) * channels);
                RawPcm.ToFloats(bytes, Samples, values.Span);
                Refusal = pass.Push(values.Span);
                if (Refusal is not null)
                    return false;
            }
            weights = pass.End(out var badWindow);
            Refusal = badWindow;
            (Frames, Seconds) = (pass.Frames, pass.Frames / (double)rateHz);
            return badWindow is null;
        }
    }
}
