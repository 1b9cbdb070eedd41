namespace Ssl.Shared.Foundation.Contracts;

/// <summary>Value of <c>control</c> under the key <c>learning</c> (JSON), written by operators: whether Learner and tuner work.</summary>
public sealed record LearningControl
{
    public const string Key = "learning";

    public required bool Paused { get; init; }
    public required string Who { get; init; }
    public required DateTimeOffset When { get; init; }
    public required string Why { get; init; }
}
