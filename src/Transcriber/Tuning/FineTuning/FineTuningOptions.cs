using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Options under <c>Transcriber:FineTuning</c>. What was measured is in <see cref="Recipes.FineTuningRecipe"/>.</summary>
sealed record FineTuningOptions
{
    /// <summary>Time limit of the first recognizer of a line: something serves soon, however busy the machine is.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan FirstBudget { get; init; } = TimeSpan.FromMinutes(4);
    /// <summary>Time limit of each later recognizer. Where it is too short for the planned updates, they hold less audio.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(30);
    /// <summary>Maximum number of updates; 0: as many as the recipe plans.</summary>
    [Range(0, 10_000_000)]
    public int MaxUpdates { get; init; }
    /// <summary>Cores that fine-tuning may use.</summary>
    [Range(1, 256)]
    public int Threads { get; init; } = 1;
    /// <summary>Unix niceness of fine-tuning. With all cores busy, 5 leaves it a third of an equal share, 10 a tenth.</summary>
    [Range(0, 19)]
    public int Niceness { get; init; } = 5;
}
