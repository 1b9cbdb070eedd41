namespace Ssl.Experiments;

/// <summary>A question about learning, and the trials that answer it.</summary>
/// <param name="Name">As it is typed, <c>make experiments ARGS="NAME"</c>; also the name of its results file.</param>
/// <param name="Cost">Time it takes, printed before it starts.</param>
/// <param name="Trials">In the order in which they are measured; a trial may use what the ones before it left.</param>
sealed record Experiment(
    string Name, string Question, string Cost, PlotAxis Axis, Func<ExperimentSetting, CancellationToken, IEnumerable<Trial>> Trials)
{
    public static IReadOnlyList<Experiment> All { get; } =
    [
        LabelEfficiency.Experiment, UnseenSpeakers.Experiment, PseudoLabelling.Experiment, SecondRound.Experiment,
        LabelSelection.Experiment, PromptsProbe.Experiment, RecipeProbe.Experiment,
    ];

    /// <summary>Measures what is wanted and not stored yet.</summary>
    public void Run(ExperimentSetting setting, ConditionFilter only, CancellationToken ct)
    {
        var results = new ResultsFile(setting.Folders.Results, Name);
        foreach (var trial in Trials(setting, ct).Where(t => only.Selects(t.Condition)))
            results.Measure(trial);
    }
}
