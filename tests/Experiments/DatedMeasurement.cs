namespace Ssl.Experiments;

/// <summary>A measurement beside what would be used today.</summary>
/// <param name="Age">Empty where all figures are today's.</param>
sealed record DatedMeasurement(Measurement Measurement, string Age)
{
    const string Recipe = " (earlier recipe)";
    const string Decoding = " (n-grams: earlier decoding)";

    /// <summary>The same for figures that do not depend on decoding.</summary>
    public string GreedyAge => Age == Decoding ? "" : Age;

    /// <summary>The condition, whatever its seed.</summary>
    public Condition Row => Measurement.Condition with { Seed = 0 };

    /// <summary>All figures of an experiment. A condition or a setting that no longer exists counts as an earlier recipe.</summary>
    public static IReadOnlyList<DatedMeasurement> Read(Experiment experiment, ExperimentSetting setting)
    {
        var today = new Dictionary<Variation, Dictionary<Condition, Recipes>>();
        return [.. new ResultsFile(setting.Folders.Results, experiment.Name).Measured.Select(m => new DatedMeasurement(m, AgeOf(m)))];

        string AgeOf(Measurement measured)
        {
            var settings = measured.Condition.Settings ?? [];
            if (!today.TryGetValue(settings, out var recipes))
                today[settings] = recipes = RecipesOf(experiment, setting, settings);
            if (!recipes.TryGetValue(measured.Condition with { Seed = 1 }, out var now) || !measured.Recipes.GivesGreedyOf(now))
                return Recipe;
            return measured.Recipes.GivesAllOf(now) ? "" : Decoding;
        }
    }

    static Dictionary<Condition, Recipes> RecipesOf(Experiment experiment, ExperimentSetting setting, Variation settings) =>
        setting.TryVary(settings, out var varied)
            ? experiment.Trials(varied with { Seeds = 1 }, default).ToDictionary(t => t.Condition, t => t.Recipes)
            : [];
}
