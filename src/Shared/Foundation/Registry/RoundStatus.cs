using System.Text.Json;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// How far the round of the tuner is, or how its last one ended: <c>round.json</c> of the registry, so that every server can show it.
/// Durations are seconds.
/// </summary>
public sealed record RoundStatus
{
    const string Document = "round.json";

    public required string Line { get; init; }
    public required int Encoder { get; init; }
    /// <summary>Done.</summary>
    public required int Updates { get; init; }
    public required int PlannedUpdates { get; init; }
    /// <summary>Of the last update, nats a letter; null before the first.</summary>
    public double? Loss { get; init; }
    /// <summary>On labels that are not trained on; null: too few labels, or none yet.</summary>
    public double? ValidationLoss { get; init; }
    /// <summary>Training so far, and what it was held up for.</summary>
    public double ElapsedSeconds { get; init; }
    public double WaitedForCoreSeconds { get; init; }
    /// <summary>Of <see cref="WaitedForCoreSeconds"/>: other threads of the tuner's process had it, as far as is known.</summary>
    public double OwnThreadsSeconds { get; init; }
    /// <summary>Of <see cref="WaitedForCoreSeconds"/>: other programs had it.</summary>
    public double OtherProgramsSeconds { get; init; }
    /// <summary>Of <see cref="WaitedForCoreSeconds"/>: the container had used up its CPU limit.</summary>
    public double CpuLimitSeconds { get; init; }
    public double ValidationSeconds { get; init; }
    public double CheckpointSeconds { get; init; }
    /// <summary>Without a process that worked on it.</summary>
    public double StoppedSeconds { get; init; }
    public required DateTimeOffset Began { get; init; }
    public required DateTimeOffset Updated { get; init; }
    /// <summary>Null: it runs, unless <see cref="Updated"/> is long past.</summary>
    public string? Ended { get; init; }

    /// <returns>Null: there was none yet.</returns>
    public static RoundStatus? Read(ModelRegistry registry)
    {
        try
        {
            return registry.ReadDocument(Document) is { } content
                ? JsonSerializer.Deserialize(content, RegistryJson.Default.RoundStatus) : null;
        }
        catch (JsonException)
        {
            return null; // a by-product
        }
    }

    public void Write(ModelRegistry registry) =>
        registry.UpdateDocument(Document, _ => JsonSerializer.SerializeToUtf8Bytes(this, RegistryJson.Default.RoundStatus));
}
