using System.Globalization;
using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Time in which a fine-tuning did not train, by what held it up.</summary>
sealed record HeldUp
{
    /// <summary>Its thread waited for a core, whoever had it. With one thread; not known on a GPU.</summary>
    public TimeSpan Core { get; init; }
    /// <summary>Of <see cref="Core"/>: other threads of this process had it: serving, and under <c>ssl up</c> the Learner.</summary>
    public TimeSpan OwnThreads { get; init; }
    /// <summary>Of <see cref="Core"/>: other programs on the machine had it.</summary>
    public TimeSpan OtherPrograms { get; init; }
    /// <summary>Of <see cref="Core"/>: the container had used up its CPU limit.</summary>
    public TimeSpan CpuLimit { get; init; }
    public TimeSpan Validation { get; init; }
    public TimeSpan Checkpoints { get; init; }
    /// <summary>Between the last checkpoint of a process that ended, or was paused, and the one that went on.</summary>
    public TimeSpan Stopped { get; init; }

    /// <summary>Of <see cref="Core"/>: the system does not tell.</summary>
    [JsonIgnore]
    public TimeSpan Unknown => Core - OwnThreads - OtherPrograms - CpuLimit is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    /// <summary>For the operator: who had the core, in shares of <paramref name="elapsed"/>.</summary>
    public string CoreInWords(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture,
        $"{OwnThreads / elapsed:0%} other threads of this process, {OtherPrograms / elapsed:0%} other programs, {CpuLimit / elapsed:0%} "
        + $"the container's CPU limit, {Unknown / elapsed:0%} not known");
}
