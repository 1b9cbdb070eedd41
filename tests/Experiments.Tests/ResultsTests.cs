using Microsoft.Extensions.Logging.Abstractions;
using Ssl.TestKit;

namespace Ssl.Experiments.Tests;

/// <summary>Figures are stored after each trial, and measured again only when something that they depend on has changed.</summary>
public sealed class ResultsTests : IDisposable
{
    const string Name = "a1";
    static readonly Condition Scratch = new() { LabelsPerDigit = 10, Seed = 1 };
    static readonly Recipes Used = new("fine-tuning", "decoding", Data: "data");

    readonly TemporaryFolder folder = new();
    readonly ExperimentSetting setting;

    public ResultsTests()
    {
        var folders = new ExperimentFolders(folder.File("data"), folder.File("work"), folder.File("results"));
        setting = ExperimentSetting.Create(folders, [], seeds: 1, isSmokeTest: false, NullLoggerFactory.Instance);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_that_was_stopped_measures_only_what_is_missing()
    {
        Store(Scratch, Used, cer: 0.5);
        Store(Scratch, Used, cer: 0.1);
        Store(Scratch with { Seed = 2 }, Used, cer: 0.2);
        Assert.Equal([0.5, 0.2], Stored().Measured.Select(m => m.Figures.HeldOut["test"].Cer));
    }

    [Fact]
    public void Other_settings_are_another_condition()
    {
        Store(Scratch, Used, cer: 0.5);
        Store(Scratch with { Settings = Variation.Parse(["FineTuning:Dropout=0"]) }, Used, cer: 0.4);
        Assert.Equal(["", "FineTuning:Dropout=0"], Stored().Measured.Select(m => m.Condition.Settings?.ToString() ?? ""));
    }

    [Fact]
    public void Every_field_of_a_condition_survives_the_file()
    {
        var condition = new Condition
        {
            Settings = Variation.Parse(["Learner:Encoder=Small", "FineTuning:Dropout=0"]),
            Task = "digits",
            HoursHeard = 0.5,
            OtherSpeechHours = 15,
            LabelsPerDigit = 3,
            LabelMinutes = 10,
            LearningRate = 4e-3,
            Updates = 600,
            Rounds = 3,
            PseudoLabelRounds = 2,
            WarmStart = true,
            Seed = 7,
        };
        Store(condition, Used with { Pretraining = "p", PseudoLabels = "l" }, cer: 0.5);
        var stored = Assert.Single(Stored().Measured);
        Assert.Equal((condition, Used with { Pretraining = "p", PseudoLabels = "l" }), (stored.Condition, stored.Recipes));
        Assert.All(typeof(Condition).GetProperties(), field => Assert.NotEqual(field.GetValue(new Condition()), field.GetValue(condition)));
    }

    [Fact]
    public void Another_fine_tuning_data_or_decoding_is_measured_again()
    {
        var trials = new[]
        {
            Used, Used with { FineTuning = "other" }, Used with { Decoding = "other" }, Used with { Data = "other" },
            Used with { Data = null }, // data that are not here are taken to be the same
        };
        var cers = trials.Select((recipes, i) =>
        {
            Store(Scratch, recipes, cer: i);
            return Assert.Single(Stored().Measured).Figures.HeldOut["test"].Cer;
        });
        Assert.Equal([0, 1, 2, 3, 3], cers.ToArray());
    }

    [Fact]
    public void A_change_in_decoding_leaves_greedy_figures_as_they_are()
    {
        var other = Used with { Decoding = "other" };
        Assert.True(other.GivesGreedyOf(Used));
        Assert.False(other.GivesAllOf(Used));
        Assert.False((Used with { Pretraining = "p" }).GivesGreedyOf(Used));
    }

    [Fact]
    public void The_page_marks_what_is_of_earlier_recipes()
    {
        var today = Today(Scratch);
        Store(Scratch, today, cer: 0.2);
        Store(Scratch with { Seed = 2 }, today, cer: 0.4);
        Store(Scratch with { Seed = 3 }, today with { Decoding = "before" }, cer: 0.25);
        Store(Scratch with { Seed = 4 }, today with { FineTuning = "before" }, cer: 0.5);
        Store(Scratch with { Settings = Variation.Parse(["FineTuning:NoSuchValue=1"]) }, today, cer: 0.6);
        var page = Page();
        Assert.Contains("| condition | seeds | test cer | test cer, n-grams | test loss |", page);
        Assert.Contains("| from scratch, 10 labels per digit | 2 | 0.300 [0.200, 0.400] | 0.100 [0.100, 0.100] | 1.000 [", page);
        Assert.Contains("| from scratch, 10 labels per digit (n-grams: earlier decoding) | 1 | 0.250 [0.250, 0.250] |", page);
        Assert.Contains("| from scratch, 10 labels per digit (earlier recipe) | 1 | 0.500 [0.500, 0.500] |", page);
        Assert.Contains("| FineTuning:NoSuchValue=1, from scratch, 10 labels per digit (earlier recipe) | 1 | 0.600", page);
    }

    [Fact]
    public void What_fails_leaves_no_figure()
    {
        Assert.Throws<InvalidOperationException>(() => Stored().Measure(new(Scratch, Used, () => throw new InvalidOperationException())));
        Assert.False(File.Exists(folder.File("results/a1.json")));
    }

    [Fact]
    public void Conditions_are_drawn_over_the_axis_of_the_experiment()
    {
        Store(Scratch with { LabelsPerDigit = null }, Used, cer: 0.9);
        Assert.DoesNotContain("a1.svg", Page());
        foreach (var (labels, hours) in new[] { (1, 0), (3, 0), (3, 5) })
        {
            var condition = Scratch with { LabelsPerDigit = labels, HoursHeard = hours };
            Store(condition, Today(condition), cer: 0.5);
        }
        Assert.Contains("](results/a1.svg)", Page());
        var drawn = File.ReadAllText(folder.File("results/a1.svg"));
        Assert.Contains("5 h heard", drawn);
        Assert.Contains("labels per digit", drawn);
        Assert.Contains("test cer", drawn);
        Assert.DoesNotContain("earlier recipe", drawn);
    }

    [Fact]
    public void A_line_joins_no_figures_of_different_recipes()
    {
        Store(Scratch, Today(Scratch) with { FineTuning = "before" }, cer: 0.5);
        Store(Scratch with { LabelsPerDigit = 30 }, Today(Scratch), cer: 0.4);
        Page();
        Assert.Contains("from scratch (earlier recipe)", File.ReadAllText(folder.File("results/a1.svg")));
    }

    [Theory]
    [InlineData("[1, 2")]
    [InlineData("""{ "scratch, seed 1": { "figures": { "test cer": 0.5 } } }""")] // the format before conditions had fields
    [InlineData("""[{ "condition": { "hoursHeard": 0 }, "recipes": { "fineTuning": "x", "decoding": "x" } }]""")]
    public void A_file_with_other_content_is_named(string content)
    {
        Directory.CreateDirectory(setting.Folders.Results);
        File.WriteAllText(folder.File("results/a1.json"), content);
        Assert.Contains("a1.json", Assert.Throws<InvalidDataException>(Stored).Message);
    }

    ResultsFile Stored() => new(setting.Folders.Results, Name);

    void Store(Condition condition, Recipes recipes, double cer)
    {
        var score = new HeldOutScore(Loss: 1, cer, Wer: 0.5, NGramCer: 0.1, NGramWer: 0.3);
        Stored().Measure(new(condition, recipes, () => new Figures(0.1, 600, 6000, new(StringComparer.Ordinal) { ["test"] = score })));
    }

    Recipes Today(Condition condition) => LabelEfficiency.Experiment.Trials(setting, default).Single(t => t.Condition == condition).Recipes;

    string Page()
    {
        ResultsPage.Write(setting);
        return File.ReadAllText(folder.File("results.md"));
    }
}
