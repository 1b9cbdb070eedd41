using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Checkpoints of one fine-tuning in a folder, each whole or absent. A damaged one is passed over; one that the disk does not take is
/// logged and tried again when the next is due. Not thread-safe.
/// </summary>
sealed class FineTuningCheckpoints(string folder, TimeProvider clock, ILogger logger)
{
    /// <summary>Time between the end of one checkpoint and the next: what a kill costs.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    const int Kept = 2;
    const string Prefix = "update-";
    const string StateFile = "state.json";

    long savedAt = clock.GetTimestamp();

    public bool IsDue => clock.GetElapsedTime(savedAt) >= Every;

    /// <summary>The newest checkpoint that is undamaged; null: none is.</summary>
    public (string Path, FineTuningState State)? Newest()
    {
        foreach (var path in NewestFirst())
        {
            if (SummedFolder.DamageOf(path) is null && ReadState(path) is { } state)
                return (path, state with { HeldUp = state.HeldUp with { Stopped = state.HeldUp.Stopped + Since(state.Saved) } });
        }
        return null;
    }

    /// <summary>A fine-tuning goes on from this one; later ones, which are damaged, would be in the way of those to come.</summary>
    public void Resumed(FineTuningState state)
    {
        logger.RoundResumed(state.Updates, state.HeldUp.Stopped.TotalSeconds);
        RemoveAfter(state.Updates);
    }

    /// <summary>A fine-tuning begins anew; those of another would be in the way of those to come.</summary>
    public void Clear() => RemoveAfter(-1);

    /// <summary>Saves a checkpoint unless that update has one, then removes older ones.</summary>
    /// <param name="writeTensors">Into the folder whose path it is given.</param>
    public void Save(FineTuningState state, Action<string> writeTensors)
    {
        var path = PathOf(state.Updates);
        try
        {
            if (!Directory.Exists(path))
                Write(path, state, writeTensors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.RoundUnsaved(e.Message); // a full disk ends no round
        }
        savedAt = clock.GetTimestamp();
    }

    void Write(string path, FineTuningState state, Action<string> writeTensors)
    {
        SummedFolder.Write(path, temporary =>
        {
            writeTensors(temporary);
            var json = JsonSerializer.SerializeToUtf8Bytes(
                state with { Saved = clock.GetUtcNow() }, FineTuningJson.Default.FineTuningState);
            File.WriteAllBytes(Path.Combine(temporary, StateFile), json);
        });
        foreach (var old in NewestFirst().Skip(Kept))
            AtomicFolder.Remove(old);
    }

    void RemoveAfter(int updates)
    {
        var last = PathOf(updates);
        try
        {
            foreach (var later in NewestFirst().Where(path => updates < 0 || string.CompareOrdinal(path, last) > 0))
                AtomicFolder.Remove(later);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.RoundUnsaved(e.Message);
        }
    }

    string PathOf(int updates) => Path.Combine(folder, $"{Prefix}{updates.ToString("D10", CultureInfo.InvariantCulture)}");

    TimeSpan Since(DateTimeOffset saved)
    {
        var past = clock.GetUtcNow() - saved;
        return past > TimeSpan.Zero ? past : TimeSpan.Zero; // a clock that was set back
    }

    static FineTuningState? ReadState(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(path, StateFile)), FineTuningJson.Default.FineTuningState);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    IEnumerable<string> NewestFirst() =>
        Directory.Exists(folder) ? Directory.GetDirectories(folder, Prefix + "*").OrderDescending(StringComparer.Ordinal) : [];
}

/// <summary>JSON of the files of an unfinished round: snake_case; losses may be infinite.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FineTuningState))]
sealed partial class FineTuningJson : JsonSerializerContext;
