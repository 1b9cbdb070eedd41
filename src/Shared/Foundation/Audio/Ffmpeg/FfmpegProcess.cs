using CliWrap;

namespace Ssl.Shared.Foundation.Audio.Ffmpeg;

/// <summary>
/// One run of ffmpeg over one input, from standard input to standard output (AU, 16 bits, rate and channels as the source has them). It may
/// be started before there is an input. Limits: memory, CPU time, open files, and no protocol but the two pipes, so that a file can name no
/// other file and no address; demuxers and decoders from lists, none of them for pictures or playlists.
/// </summary>
sealed class FfmpegProcess : IDisposable
{
    const string Limits = "--as=536870912 --cpu=300 --nofile=64 --fsize=0 --core=0 ffmpeg";

    const string Demuxers = "mov,matroska,webm,aac,loas,amr,amrnb,amrwb,asf,ac3,eac3,mp3,wav,w64,flac,ogg,aiff,au,caf,flv,mpegts,mpeg,"
        + "avi,dts,wv,ape,tta,tak,mpc,mpc8,nistsphere,voc,rm";

    const string Decoders = "aac,aac_latm,ac3,eac3,alac,amrnb,amrwb,ape,dca,flac,g722,g726,g723_1,g729,gsm,gsm_ms,ilbc,mp1,mp1float,mp2,"
        + "mp2float,mp3,mp3float,mpc7,mpc8,opus,libopus,vorbis,speex,libspeex,tak,tta,wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice,cook,"
        + "nellymoser,pcm_alaw,pcm_mulaw,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_u8,"
        + "pcm_s8,pcm_bluray,pcm_dvd,adpcm_ima_wav,adpcm_ima_qt,adpcm_ms,adpcm_swf,adpcm_yamaha,"
        + "real_144,real_288,s302m";

    const string Arguments = "-hide_banner -nostats -nostdin -v level+info -max_alloc 268435456 -threads 1"
        + $" -protocol_whitelist pipe -format_whitelist {Demuxers} -codec_whitelist {Decoders}"
        + " -vn -sn -dn -i pipe:0 -map_metadata -1 -fflags +bitexact -c:a pcm_s16be -f au pipe:1";

    readonly TaskCompletionSource<Job> given = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource kill = new();
    readonly FfmpegMessages messages = new();
    readonly Task<CommandResult> ended;

    /// <exception cref="System.ComponentModel.Win32Exception">ffmpeg, or prlimit of util-linux, is not installed.</exception>
    public FfmpegProcess() => ended = Cli.Wrap("prlimit")
        .WithArguments($"{Limits} {Arguments}")
        .WithValidation(CommandResultValidation.None)
        .WithStandardInputPipe(PipeSource.Create(async (input, ct) =>
        {
            var job = await given.Task.WaitAsync(ct);
            await input.WriteAsync(job.Bytes, ct);
        }))
        .WithStandardOutputPipe(PipeTarget.Create(async (output, ct) =>
        {
            var job = await given.Task.WaitAsync(ct);
            if (!await job.ReadAsync(output, ct))
                await kill.CancelAsync();
        }))
        .WithStandardErrorPipe(PipeTarget.ToDelegate(messages.Add))
        .ExecuteAsync(kill.Token).Task;

    public bool HasEnded => ended.IsCompleted;

    /// <param name="read">Reads the output; false: no more of it is wanted.</param>
    /// <exception cref="OperationCanceledException">By the caller.</exception>
    public async Task<FfmpegOutcome> RunAsync(
        ReadOnlyMemory<byte> bytes, Func<Stream, CancellationToken, Task<bool>> read, TimeSpan limit, CancellationToken ct)
    {
        kill.CancelAfter(limit);
        using var stopping = ct.Register(kill.Cancel);
        given.SetResult(new Job(bytes, read));
        try
        {
            var result = await ended;
            return Outcome(result.ExitCode, isKilled: result.ExitCode > 128);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Outcome(-1, isKilled: true);
        }
    }

    public void Dispose()
    {
        kill.Cancel();
        kill.Dispose();
    }

    FfmpegOutcome Outcome(int exitCode, bool isKilled) => new(exitCode, isKilled, messages.Problem, messages.CutOff, messages.AudioSeconds);

    sealed record Job(ReadOnlyMemory<byte> Bytes, Func<Stream, CancellationToken, Task<bool>> ReadAsync);
}
