using System.Diagnostics;
using Xunit;

namespace Ssl.TestKit;

/// <summary>Debian's ffmpeg as an encoder; a test that needs it is skipped where it is not installed.</summary>
public static class FfmpegProgram
{
    const int TimeoutMilliseconds = 60_000;

    /// <summary>Encodes 16 kHz mono as the arguments say, to a file that they call OUT with an extension.</summary>
    public static byte[] Encode(ReadOnlySpan<short> samples, string arguments)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("in.wav"), TestAudio.Wav(samples));
        Run($"-i {folder.File("in.wav")} {arguments.Replace("OUT", folder.File("out"), StringComparison.Ordinal)}");
        return File.ReadAllBytes(Directory.GetFiles(Path.GetDirectoryName(folder.File("out"))!, "out*").Single());
    }

    static void Run(string arguments)
    {
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo("ffmpeg", "-nostdin -v error -y " + arguments));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("needs ffmpeg: make setup installs it");
        }
        using (process)
        {
            Assert.True(process!.WaitForExit(TimeoutMilliseconds), $"ffmpeg {arguments} took over a minute");
            Assert.True(process.ExitCode == 0, $"ffmpeg {arguments} failed");
        }
    }
}
