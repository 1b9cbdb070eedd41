using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Trials;

/// <summary>
/// The version on trial: the candidate of the default line, unless it serves or is older than what serves. The registry is read every few
/// seconds, not for each request. Thread-safe.
/// </summary>
sealed class Candidate(ModelRegistry registry, ServingSlot slot, TimeProvider clock)
{
    static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(2);
    static readonly string[] Harmless = ["equal", "held"]; // what the gate refuses and clients may still get for a trial

    readonly Lock gate = new();
    (int Number, bool MayAnswer)? known;
    long? readAt;

    /// <summary>Null: there is none.</summary>
    public int? Number => Known()?.Number;

    /// <summary>The candidate if its answers may reach clients: those of what the gate found worse or broken do not.</summary>
    public int? ForAnswers => Known() is { MayAnswer: true } candidate ? candidate.Number : null;

    (int Number, bool MayAnswer)? Known()
    {
        lock (gate)
        {
            if (readAt is not { } last || clock.GetElapsedTime(last) >= ReadEvery)
                (known, readAt) = (Read(), clock.GetTimestamp());
            return known is { } candidate && candidate.Number > slot.Number ? candidate : null;
        }
    }

    (int Number, bool MayAnswer)? Read()
    {
        try
        {
            var aliases = registry.Aliases();
            if (aliases.GetValueOrDefault(ModelId.Candidate) is not { } alias
                || alias.Number == aliases.GetValueOrDefault(ModelId.Previous)?.Number // it has served, and was rolled back
                || registry.Find(ModelKind.Recognizer, alias.Number) is not { } version)
                return null;
            var speaksAgainst = aliases.ContainsKey(ModelId.WithdrawnKey(version.Number)); // live audio
            return (version.Number, !speaksAgainst && (!IsRefused("") || Harmless.Any(IsRefused)));

            bool IsRefused(string why) => version.Health.StartsWith(ModelHealth.Refused(why), StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null; // the follower of the champion says so
        }
    }
}
