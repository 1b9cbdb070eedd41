using System.Globalization;
using System.Text.RegularExpressions;

namespace Ssl.Shared.Foundation.Audio.Ffmpeg;

/// <summary>What ffmpeg writes to standard error with <c>-v level+info</c>; of a long text only what counts is kept.</summary>
sealed partial class FfmpegMessages
{
    const int MaxLength = 200;

    bool hasVideo;

    public string Problem { get; private set; } = "";
    public string? CutOff { get; private set; }
    double? PromisedSeconds { get; set; }

    public void Add(string line)
    {
        if (line.Length > MaxLength)
            line = line[..MaxLength];
        hasVideo |= line.Contains("Video:", StringComparison.Ordinal);
        if (Duration().Match(line) is { Success: true } duration
            && TimeSpan.TryParse(duration.Groups[1].Value, CultureInfo.InvariantCulture, out var length))
            PromisedSeconds ??= length.TotalSeconds;
        if (line.Contains("Estimating duration", StringComparison.Ordinal))
            PromisedSeconds = double.NaN;
        if (Lost().Match(line) is { Success: true } lost)
            CutOff = lost.Value;
        if (line.Contains("[error]", StringComparison.Ordinal) || line.Contains("[fatal]", StringComparison.Ordinal))
            Problem = line[(line.IndexOf(']', line.LastIndexOf('[')) + 1)..].Trim();
    }

    /// <summary>The length by the header, where it is the audio's: with a video it may be the video's.</summary>
    public double? AudioSeconds => hasVideo || PromisedSeconds is double.NaN ? null : PromisedSeconds;

    [GeneratedRegex(@"^\[info\]\s+Duration: (\d+:\d+:\d+\.\d+)")]
    private static partial Regex Duration();

    [GeneratedRegex("File ended prematurely|partial file|Packet corrupt|corrupt input packet|Input buffer exhausted|Truncat(ed|ing) packet"
        + "|[Pp]acket (size )?too small|unexpected end of file|moov atom not found", RegexOptions.IgnoreCase)]
    private static partial Regex Lost();
}
