using System.Globalization;
using System.Text.Json;
using Ssl.Learner.Health;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Learner.Checkpoints;

/// <summary>
/// Checkpoints in a folder, each whole or absent, with a checksum of every file. A damaged one is moved aside and the one before it is
/// used. Not thread-safe.
/// </summary>
sealed class CheckpointStore
{
    const int Kept = 2;
    const string Prefix = "checkpoint-";
    const string DamagedName = "damaged";
    const string StateFile = "state.json";

    readonly string folder;
    readonly ILogger logger;

    public CheckpointStore(string folder, ILogger logger)
    {
        (this.folder, this.logger) = (folder, logger);
        Directory.CreateDirectory(folder);
        AtomicFolder.RemoveLeftovers(folder);
    }

    /// <summary>The newest checkpoint that is undamaged and accepted, or null.</summary>
    public Checkpoint? Newest(Predicate<LearnerState> accept)
    {
        foreach (var path in NewestFirst())
        {
            if (TryRead(path, out var damage) is not { } checkpoint)
                MoveAside(path, damage);
            else if (accept(checkpoint.State))
                return checkpoint;
        }
        return null;
    }

    /// <summary>Saves a checkpoint unless the step has one, then removes those that are no longer needed.</summary>
    public void Save(LearnerState state, TrainingWeights weights)
    {
        var path = Path.Combine(folder, $"{Prefix}{state.Step.ToString("D10", CultureInfo.InvariantCulture)}");
        if (Directory.Exists(path))
            return;
        SummedFolder.Write(path, temporary =>
        {
            weights.Save(temporary);
            var json = JsonSerializer.SerializeToUtf8Bytes(state, LearnerStateJson.Default.LearnerState);
            File.WriteAllBytes(Path.Combine(temporary, StateFile), json);
        });
        Prune();
    }

    /// <summary>Removes the checkpoints of later steps, after training went back to an earlier one.</summary>
    public void RemoveAfter(long step)
    {
        foreach (var path in NewestFirst().Where(p => StepOf(p) > step))
            Directory.Delete(path, recursive: true);
    }

    void Prune()
    {
        var newestFirst = NewestFirst();
        var healthy = newestFirst.FirstOrDefault(p => ReadState(p)?.Health == HealthState.Healthy);
        foreach (var path in newestFirst.Skip(Kept).Where(p => p != healthy))
            Directory.Delete(path, recursive: true);
    }

    static Checkpoint? TryRead(string path, out string damage)
    {
        var state = ReadState(path);
        damage = SummedFolder.DamageOf(path) ?? (state is null ? $"{StateFile} cannot be read" : "");
        return damage.Length == 0 ? new Checkpoint(path, state!) : null;
    }

    static LearnerState? ReadState(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(path, StateFile)), LearnerStateJson.Default.LearnerState);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps the last damaged checkpoint for inspection.</summary>
    void MoveAside(string path, string reason)
    {
        logger.CheckpointDamaged(path, reason);
        var aside = Path.Combine(folder, DamagedName);
        if (Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        Directory.Move(path, aside);
    }

    List<string> NewestFirst() =>
        [.. Directory.EnumerateDirectories(folder, Prefix + "*").Where(p => StepOf(p) is not null).OrderByDescending(StepOf)];

    static long? StepOf(string path) =>
        long.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step : null;
}
