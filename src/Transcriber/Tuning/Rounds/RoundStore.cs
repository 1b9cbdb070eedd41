using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber.Tuning.Rounds;

/// <summary>
/// The unfinished round of this tuner in a folder: what it began with, its pseudo-labels (the stream has moved on) and the checkpoints of
/// its fine-tuning. Whole or absent. Not thread-safe.
/// </summary>
sealed class RoundStore(string folder, TimeProvider clock, ILogger<RoundStore> logger)
{
    const string RoundFile = "round.json";
    const string AudioFile = "pseudo-labels.pcm"; // 16-bit samples of all of them
    readonly string begun = Path.Combine(folder, "begun");

    /// <summary>What the unfinished round began with, and how far it is; null: there is none, or it is damaged.</summary>
    public (RoundIdentity Identity, int Updates, TimeSpan Elapsed)? Peek()
    {
        if (Read() is not { } round)
            return null;
        var state = Checkpoints().Newest()?.State;
        return (round.Identity, state?.Updates ?? 0, state?.Elapsed ?? TimeSpan.Zero);
    }

    /// <summary>Goes on with the unfinished round if it began with the same, else removes it.</summary>
    /// <returns>Null: there is none.</returns>
    public (PseudoLabels? PseudoLabels, FineTuningCheckpoints Checkpoints)? Resume(RoundIdentity identity)
    {
        if (Read() is { } round && round.Identity == identity && ReadSamples() is { } samples)
            return (round.Of(samples), Checkpoints());
        Clear();
        return null;
    }

    /// <summary>A round begins; another that was unfinished is removed.</summary>
    /// <returns>Null: the disk takes none; it runs all the same, and cannot be resumed.</returns>
    public FineTuningCheckpoints? Begin(RoundIdentity identity, PseudoLabels? pseudoLabels)
    {
        if (!Clear())
            return null;
        try
        {
            SummedFolder.Write(begun, path => Write(path, BegunRound.Of(identity, pseudoLabels), pseudoLabels?.Kept ?? []));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.RoundUnsaved(e.Message);
            return null;
        }
        return Checkpoints();
    }

    static void Write(string path, BegunRound round, IReadOnlyList<LabelledUtterance> pseudoLabels)
    {
        File.WriteAllBytes(Path.Combine(path, RoundFile), JsonSerializer.SerializeToUtf8Bytes(round, RoundJson.Default.BegunRound));
        using var audio = File.Create(Path.Combine(path, AudioFile));
        foreach (var label in pseudoLabels)
            audio.Write(MemoryMarshal.AsBytes(label.Samples.Span));
    }

    /// <summary>The round has ended, whatever came of it.</summary>
    /// <returns>False: the disk does not let it go.</returns>
    public bool Clear()
    {
        try
        {
            AtomicFolder.Remove(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.RoundUncleared(e.Message);
            return false;
        }
    }

    FineTuningCheckpoints Checkpoints() => new(folder, clock, logger);

    BegunRound? Read()
    {
        try
        {
            AtomicFolder.RemoveLeftovers(folder);
            AtomicFolder.RemoveLeftovers(Path.GetDirectoryName(Path.GetFullPath(folder))!); // of the folder itself; the tuner's alone
            return SummedFolder.DamageOf(begun) is not null ? null
                : JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(begun, RoundFile)), RoundJson.Default.BegunRound);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // of another release, or not to be read
        }
    }

    short[]? ReadSamples()
    {
        try
        {
            return MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(Path.Combine(begun, AudioFile))).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <param name="Recordings">Null: there are no pseudo-labels.</param>
sealed record BegunRound(RoundIdentity Identity, IReadOnlyList<BegunLabel> Kept, int? Recordings, double MinConfidence)
{
    public static BegunRound Of(RoundIdentity identity, PseudoLabels? made) => new(
        identity, [.. (made?.Kept ?? []).Select(l => new BegunLabel(l.Id, l.Text, l.Samples.Length, l.Words))], made?.Recordings,
        made?.MinConfidence ?? 0);

    public PseudoLabels? Of(short[] samples)
    {
        if (Recordings is not { } recordings)
            return null;
        var (labels, at) = (new List<LabelledUtterance>(), 0);
        foreach (var label in Kept)
        {
            labels.Add(new LabelledUtterance(label.Id, label.Text, samples.AsMemory(at, label.Samples)) { Words = label.Words });
            at += label.Samples;
        }
        return new PseudoLabels(labels, recordings, MinConfidence);
    }
}

/// <param name="Samples">How many there are.</param>
sealed record BegunLabel(string Id, string Text, int Samples, IReadOnlyList<TranscribedWord>? Words);

/// <summary>JSON of a round that has begun: snake_case; a confidence may not be a number.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(BegunRound))]
sealed partial class RoundJson : JsonSerializerContext;
