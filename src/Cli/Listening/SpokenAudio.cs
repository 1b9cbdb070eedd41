using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Cli.Listening;

/// <summary>Audio as it is spoken, in pieces of a tenth of a second: 16 kHz mono PCM16 little-endian.</summary>
static class SpokenAudio
{
    const int PieceSamples = AudioFormat.SampleRateHz / 10;
    const int PieceBytes = PieceSamples * AudioFormat.BytesPerSample;

    /// <summary>A recording, at the speed of speech.</summary>
    /// <exception cref="InvalidDataException">The file cannot be decoded.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> OfFileAsync(
        string path, TimeProvider clock, [EnumeratorCancellation] CancellationToken ct)
    {
        var decoded = AudioFile.Read(path);
        if (!decoded.Ok)
            throw new InvalidDataException($"{path}: {decoded.Detail}");
        var started = clock.GetTimestamp();
        foreach (var (index, piece) in decoded.Samples.Chunk(PieceSamples).Index())
        {
            var due = TimeSpan.FromSeconds((index + 1) * PieceSamples / (double)AudioFormat.SampleRateHz) - clock.GetElapsedTime(started);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, clock, ct);
            yield return MemoryMarshal.AsBytes<short>(piece).ToArray();
        }
    }

    /// <summary>The microphone, by ALSA's arecord, until cancelled.</summary>
    /// <param name="device">As `arecord -L` lists them; null: the default one.</param>
    /// <exception cref="IOException">arecord is not installed, or ended by itself.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> OfMicrophoneAsync(
        string? device, [EnumeratorCancellation] CancellationToken ct)
    {
        using var process = Start(device);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            while (await ReadAsync(process.StandardOutput.BaseStream, ct) is { } piece)
                yield return piece;
        }
        finally
        {
            process.Kill();
        }
        if (!ct.IsCancellationRequested)
            throw new IOException($"arecord ended: {(await errors).Trim()}");
    }

    /// <returns>Null: there is no more.</returns>
    static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken ct)
    {
        try
        {
            var piece = new byte[PieceBytes];
            return await stream.ReadAtLeastAsync(piece, PieceBytes, throwOnEndOfStream: false, ct) == PieceBytes ? piece : null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
    }

    static Process Start(string? device)
    {
        string[] from = device is null ? [] : ["-D", device];
        try
        {
            return Process.Start(new ProcessStartInfo("arecord", [.. from, "-q", "-t", "raw", "-f", "S16_LE", "-r", "16000", "-c", "1"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new IOException("arecord is not installed: apt-get install alsa-utils; or name a file to listen to", e);
        }
    }
}
