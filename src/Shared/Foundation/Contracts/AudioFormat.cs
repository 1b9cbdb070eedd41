namespace Ssl.Shared.Foundation.Contracts;

/// <summary>The one form in which audio travels inside the system: 16 kHz, one channel, 16-bit little-endian PCM.</summary>
public static class AudioFormat
{
    public const int SampleRateHz = 16_000;
    public const int BytesPerSample = 2;
    public const string SegmentContentType = "audio/pcm;rate=16000;channels=1";

    public static double SecondsOf(int samples) => samples / (double)SampleRateHz;
}
