namespace Ssl.Experiments;

/// <summary>A question about learning, and how it is answered on recordings.</summary>
/// <param name="Name">What is typed: <c>ssl experiment NAME</c>; also the name of its file of figures.</param>
/// <param name="Cost">What it takes, said before it starts.</param>
sealed record Experiment(string Name, string Question, string Cost, Action<ExperimentSetting, CancellationToken> Run)
{
    public static IReadOnlyList<Experiment> All { get; } = [LabelEfficiency.Experiment, UnseenSpeakers.Experiment, PseudoLabelling.Experiment, SecondRound.Experiment, PromptsProbe.Experiment, RecipeProbe.Experiment];
}
