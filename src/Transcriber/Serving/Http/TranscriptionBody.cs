namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer in <c>json</c> (the text alone) and <c>verbose_json</c> (all of it).</summary>
sealed record TranscriptionBody
{
    public string? Task { get; init; }

    /// <summary>As the request said; nothing here detects it.</summary>
    public string? Language { get; init; }

    /// <summary>Seconds.</summary>
    public double? Duration { get; init; }

    public required string Text { get; init; }

    public IReadOnlyList<WordBody>? Words { get; init; }

    public IReadOnlyList<SegmentBody>? Segments { get; init; }

    public string? ModelVersion { get; init; }

    public string? EncoderVersion { get; init; }

    public static TranscriptionBody Brief(SpokenText spoken) => new() { Text = spoken.Text };

    public static TranscriptionBody Verbose(SpokenText spoken, TranscriptionRequest request) => new()
    {
        Task = "transcribe",
        Language = request.Language,
        Duration = spoken.DurationSeconds,
        Text = spoken.Text,
        Words = request.Words ? [.. spoken.Words.Select(w => new WordBody(w.Word, Rounded(w.StartSeconds), Rounded(w.EndSeconds)))] : null,
        Segments = request.Segments
            ? [.. SpokenSegment.Of(spoken.Words).Select((s, i) => new SegmentBody(i, Rounded(s.StartSeconds), Rounded(s.EndSeconds), s.Text, Math.Log(spoken.Confidence)))]
            : null,
        ModelVersion = spoken.ModelNumber.ToString(),
        EncoderVersion = spoken.EncoderNumber.ToString(),
    };

    static double Rounded(double seconds) => Math.Round(seconds, 3);
}
