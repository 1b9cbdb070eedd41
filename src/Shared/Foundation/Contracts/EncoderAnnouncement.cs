namespace Ssl.Shared.Foundation.Contracts;

/// <summary>JSON of <c>models.encoders</c> (key <c>encoder</c>), written by the Learner once the version is in the registry.</summary>
public sealed record EncoderAnnouncement
{
    public const string Key = "encoder";

    /// <summary>Registry number of the encoder version.</summary>
    public required int Number { get; init; }
    public required DateTimeOffset Created { get; init; }
    /// <summary>Seconds of audio this encoder has trained on, repetitions counted.</summary>
    public required double AudioSecondsTrained { get; init; }
    public required long Steps { get; init; }
    /// <summary>Epoch of the writer that published it.</summary>
    public required long Epoch { get; init; }
}
