using System.Text;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer in <c>json</c> (text and usage) and <c>verbose_json</c> (all of it).</summary>
sealed record TranscriptionBody
{
    const string Undetermined = "und"; // ISO 639-2: the contract wants a language, and none is detected

    public string? Task { get; init; }
    /// <summary>As in the request.</summary>
    public string? Language { get; init; }
    /// <summary>Seconds.</summary>
    public double? Duration { get; init; }
    public required string Text { get; init; }
    public IReadOnlyList<WordBody>? Words { get; init; }
    public IReadOnlyList<SegmentBody>? Segments { get; init; }
    /// <summary>Of each letter, where <c>include[]=logprobs</c> asks for it.</summary>
    public IReadOnlyList<LogprobBody>? Logprobs { get; init; }
    public required UsageBody Usage { get; init; }
    public string? ModelVersion { get; init; }
    public string? EncoderVersion { get; init; }

    public static TranscriptionBody Short(TranscriptionRequest request, Transcription result, double durationSeconds) => new()
    {
        Text = result.Text,
        Logprobs = request.Logprobs ? LogprobBody.Of(result) : null,
        Usage = UsageBody.Of(durationSeconds),
    };

    public static TranscriptionBody Verbose(
        TranscriptionRequest request, Transcription result, double durationSeconds, ServingModel model)
    {
        var words = result.Words.Select(w => new WordBody(w.Word, Rounded(w.StartSeconds), Rounded(w.EndSeconds), w.Confidence));
        return Short(request, result, durationSeconds) with
        {
            Task = "transcribe",
            Language = request.Language ?? Undetermined,
            Duration = durationSeconds,
            Words = request.Words ? [.. words] : null,
            Segments = request.Segments ? [.. SegmentBody.Of(result, request.Temperature)] : null,
            ModelVersion = model.Number.ToString(),
            EncoderVersion = model.EncoderNumber.ToString(),
        };
    }

    internal static double Rounded(double seconds) => Math.Round(seconds, 3);
}

/// <summary>A word of <c>verbose_json</c>; seconds from the start.</summary>
/// <param name="Confidence">0 to 1; beyond the contract.</param>
sealed record WordBody(string Word, double Start, double End, double? Confidence);

/// <summary>A letter with its natural logarithm of probability and its UTF-8 bytes.</summary>
sealed record LogprobBody(string Token, double Logprob, IReadOnlyList<int> Bytes)
{
    public static IReadOnlyList<LogprobBody> Of(Transcription result) =>
        [.. result.Words.SelectMany(w => w.Letters).Select(l => new LogprobBody(l.Text, l.LogProbability, Utf8(l.Text)))];

    static int[] Utf8(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => (int)b)];
}

/// <summary>A segment of <c>verbose_json</c> with the contract's ten fields; seconds from the start.</summary>
/// <param name="Seek">Always 0: whole pieces are heard.</param>
/// <param name="Tokens">Always empty: the labels of a CTC head are letters.</param>
/// <param name="Temperature">As in the request; it has no effect.</param>
/// <param name="AvgLogprob">Log of the mean probability of the best labels of the whole recording.</param>
/// <param name="CompressionRatio">Always 1: a CTC head does not repeat itself, which is what clients look for here.</param>
/// <param name="NoSpeechProb">Always 0: a segment has words.</param>
sealed record SegmentBody(
    int Id, int Seek, double Start, double End, string Text, IReadOnlyList<int> Tokens, double Temperature, double AvgLogprob,
    double CompressionRatio, double NoSpeechProb)
{
    public static IEnumerable<SegmentBody> Of(Transcription result, double temperature) =>
        SpokenSegment.Of(result.Words).Select((s, i) => new SegmentBody(
            i, 0, TranscriptionBody.Rounded(s.StartSeconds), TranscriptionBody.Rounded(s.EndSeconds), s.Text, [], temperature,
            Math.Log(result.Confidence), 1, 0));
}

/// <summary>What is accounted for: the audio.</summary>
/// <param name="Seconds">Rounded up, as the contract has it.</param>
sealed record UsageBody(string Type, int Seconds)
{
    public static UsageBody Of(double durationSeconds) => new("duration", (int)Math.Ceiling(durationSeconds));
}
