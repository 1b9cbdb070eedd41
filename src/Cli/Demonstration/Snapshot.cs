namespace Ssl.Cli.Demonstration;

/// <summary>What the demonstration shows at one moment; users can scrape, list or consume every figure of it.</summary>
sealed record Snapshot
{
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Seconds of audio that Ingest has turned into segments.</summary>
    public required double IngestedSeconds { get; init; }

    /// <summary>Hours of audio the encoder has trained on, repetitions counted.</summary>
    public required double HoursHeard { get; init; }
    public required long Steps { get; init; }
    public required double? ContrastiveLoss { get; init; }
    public required double? MaskedPredictionLoss { get; init; }
    public required double? ContrastiveAccuracy { get; init; }
    public required double? MaskedPredictionAccuracy { get; init; }

    /// <summary>Codes in use, of all codebooks together.</summary>
    public required double? CodePerplexity { get; init; }
    public required int EncoderNumber { get; init; }
    public required int ChampionNumber { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<RecognizerScore> Scores { get; init; }

    /// <summary>Newest last.</summary>
    public required IReadOnlyList<SpokenExample> Examples { get; init; }

    /// <summary>Warnings and errors of the services, newest last.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
    public required string Address { get; init; }
}
