using System.Text;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Shared.Speech.Labels;

/// <summary>
/// Reads a manifest's lines into utterances. A file that successive lines take stretches of is decoded once. Used by one thread.
/// </summary>
/// <param name="maxSeconds">Longer recordings are refused.</param>
/// <param name="truncated">What becomes of a line that reaches behind the end of a recording that is cut off.</param>
public sealed class RecordingReader(
    TextPolicy policy, double maxSeconds = RecordingReader.DefaultMaxSeconds, TruncatedAudio truncated = TruncatedAudio.Use)
{
    /// <summary>As <see cref="DecodeLimits.OfLabel"/>.</summary>
    public const double DefaultMaxSeconds = 30;

    /// <summary>A file of many lines may be long; of two hours, the samples take 230 MB.</summary>
    static readonly DecodeLimits WholeFile = new() { MaxSeconds = 7200 };

    /// <summary>Durations in manifests are rounded: a stretch that ends this close to the file's end goes to the end.</summary>
    const double ToleranceSeconds = 0.1;

    (string Path, DecodeResult Audio)? last;

    /// <param name="problem">Why it cannot be learnt from, or what is missing of what is; null: nothing.</param>
    public LabelledUtterance? Read(LabelledRecording recording, out string? problem)
    {
        var (text, audio) = (policy.Apply(recording.Text), Decode(recording));
        problem = !audio.Ok ? audio.Detail
            : !text.EnumerateRunes().Any(Rune.IsLetterOrDigit) ? "the text holds no letter"
            : audio.DurationSeconds > maxSeconds ? $"lasts {audio.DurationSeconds:0.0} s, more than {maxSeconds} s"
            : audio.Truncation is not null && truncated == TruncatedAudio.Refuse ? audio.Truncation
            : null;
        if (problem is not null)
            return null;
        problem = audio.Truncation is { } missing ? $"{missing}; used up to there" : null;
        return new LabelledUtterance(recording.Id, text, audio.Samples)
        {
            Speaker = recording.Speaker,
            Domain = recording.Domain,
        };
    }

    DecodeResult Decode(LabelledRecording recording)
    {
        if (last?.Path != recording.AudioPath)
            last = (recording.AudioPath, ReadFile(recording.AudioPath));
        return last.Value.Audio is { Ok: true } whole ? Cut(whole, recording) : last.Value.Audio;
    }

    static DecodeResult Cut(DecodeResult whole, LabelledRecording recording)
    {
        if (recording.OffsetSeconds >= whole.DurationSeconds)
            return DecodeResult.Refused(RejectReason.Empty,
                $"offset {recording.OffsetSeconds} s is at or after the end ({whole.DurationSeconds:0.00} s)");
        var end = recording.OffsetSeconds + recording.DurationSeconds ?? double.PositiveInfinity;
        var last = end > whole.DurationSeconds - ToleranceSeconds ? whole.Samples.Length : (int)(end * AudioFormat.SampleRateHz);
        var first = (int)(recording.OffsetSeconds * AudioFormat.SampleRateHz);
        var missing = last == whole.Samples.Length ? whole.Truncation : null; // a stretch that ends before is whole
        return first == 0 && last == whole.Samples.Length ? whole
            : DecodeResult.Of(whole.Samples[first..last], whole.SourceRateHz, missing);
    }

    static DecodeResult ReadFile(string path)
    {
        try
        {
            return AudioFile.Read(path, WholeFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DecodeResult.Refused(RejectReason.Empty, e.Message);
        }
    }
}
