namespace Ssl.Cli.Demonstration;

/// <summary>A telephone prompt: its recording and its words.</summary>
/// <param name="Name">Name of the prompt in its package, e.g. <c>digits/7</c>.</param>
/// <param name="Path">The recording: WAV, 8 kHz, mono.</param>
/// <param name="Text">Spoken words, lower case.</param>
/// <param name="HeldOut">True: a test prompt; its audio and text never enter training.</param>
sealed record Prompt(string Name, string Path, string Text, bool HeldOut)
{
    const int WavHeaderBytes = 44;
    const double BytesPerSecond = 16_000;

    public double DurationSeconds => Math.Max(0, new FileInfo(Path).Length - WavHeaderBytes) / BytesPerSecond;
}
