namespace Ssl.Experiments;

/// <summary>The number that an experiment is drawn over; conditions that differ in it alone are a line.</summary>
/// <param name="Value">Null: the condition is not drawn.</param>
/// <param name="Without">The condition with any value, for the name of the line.</param>
sealed record PlotAxis(string Title, Func<Condition, double?> Value, Func<Condition, Condition> Without)
{
    public static PlotAxis HoursHeard { get; } = new(
        "h heard",
        condition => condition is { HoursHeard: > 0, OtherSpeechHours: null } ? condition.HoursHeard : null,
        condition => condition with { HoursHeard = double.NaN });

    public static PlotAxis LabelsPerDigit { get; } = new(
        "labels per digit", condition => condition.LabelsPerDigit, condition => condition with { LabelsPerDigit = null });

    public static PlotAxis LabelMinutes { get; } = new(
        "minutes of labels", condition => condition.LabelMinutes, condition => condition with { LabelMinutes = null });

    public static PlotAxis PseudoLabelRounds { get; } = new(
        "rounds of pseudo-labels",
        condition => condition.PseudoLabelRounds,
        condition => condition with { PseudoLabelRounds = 0, Rounds = 1 });

    public static PlotAxis Updates { get; } = new(
        "updates", condition => condition.Updates, condition => condition with { Updates = null });
}
