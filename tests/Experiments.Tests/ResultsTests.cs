using Ssl.Learner;
using Ssl.TestKit;
using Ssl.Transcriber;

namespace Ssl.Experiments.Tests;

/// <summary>Figures are kept as soon as they are known, and shown as they are.</summary>
public sealed class ResultsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_that_was_stopped_measures_only_what_is_missing()
    {
        var path = folder.File("a1.json");
        new ResultsFile(path).Measure("scratch, seed 1", () => new() { ["test cer"] = 0.5 });
        var measured = 0;
        var again = new ResultsFile(path);
        foreach (var seed in new[] { 1, 2 })
            again.Measure($"scratch, seed {seed}", () => new() { ["test cer"] = ++measured });
        Assert.Equal(1, measured);
        Assert.Equal((0.5, 1), (again.Measured["scratch, seed 1"].Figures["test cer"], again.Measured["scratch, seed 2"].Figures["test cer"]));
    }

    [Fact]
    public void What_was_measured_with_other_settings_is_another_condition()
    {
        var path = folder.File("a1.json");
        new ResultsFile(path).Measure("scratch, seed 1", () => new() { ["test cer"] = 0.5 });
        var varied = new ResultsFile(path, "Transcriber:FineTuning:ResetLayers=1, ");
        varied.Measure("scratch, seed 1", () => new() { ["test cer"] = 0.4 });
        Assert.Equal(0.4, varied.Measured["Transcriber:FineTuning:ResetLayers=1, scratch, seed 1"].Figures["test cer"]);
        Assert.Equal(2, varied.Measured.Count);
    }

    [Fact]
    public void What_was_measured_with_other_defaults_is_said_to_be_and_is_measured_anew()
    {
        var path = folder.File("a1.json");
        File.WriteAllText(path, """{ "scratch, seed 1": { "recipe": "00000000", "figures": { "test cer": 0.5 } }, "scratch, seed 2": { "figures": { "test cer": 0.3 } } }""");
        ResultsPage.Write(folder.File("results.md"), folder.Path);
        Assert.Contains("| scratch (earlier defaults) | 2 | 0.400 [0.300, 0.500] |", File.ReadAllText(folder.File("results.md")));
        new ResultsFile(path).Measure("scratch, seed 1", () => new() { ["test cer"] = 0.25 });
        ResultsPage.Write(folder.File("results.md"), folder.Path);
        var page = File.ReadAllText(folder.File("results.md"));
        Assert.Contains("| scratch | 1 | 0.250 [0.250, 0.250] |", page);
        Assert.Contains("| scratch (earlier defaults) | 1 | 0.300 [0.300, 0.300] |", page);
    }

    [Fact]
    public void Another_default_makes_another_recipe()
    {
        var (learner, transcriber) = (new LearnerOptions(), new TranscriberOptions());
        Assert.Equal(Recipe.Name, Recipe.StampOf(learner, transcriber));
        Assert.Equal(Recipe.Name, Recipe.StampOf(learner with { DataPath = "elsewhere", Threads = 7 }, transcriber));
        Assert.NotEqual(Recipe.Name, Recipe.StampOf(learner, transcriber with { FineTuning = transcriber.FineTuning with { SplicedShare = 0.4 } }));
        Assert.NotEqual(Recipe.Pretraining, Recipe.StampOf(learner with { Objectives = learner.Objectives with { MaskSpanFrames = 7 } }));
        Assert.NotEqual(Recipe.Pretraining, Recipe.StampOf(learner with { Encoder = "Small" }));
    }

    [Fact]
    public void Only_what_was_asked_for_is_measured()
    {
        var results = new ResultsFile(folder.File("a2.json"), only: ["005 h", "scratch"]);
        foreach (var condition in new[] { "pretrained, 005 h heard, seed 1", "pretrained, 015 h heard, seed 1", "Scratch, seed 1" })
            results.Measure(condition, () => new() { ["test cer"] = 0.5 });
        Assert.Equal(["Scratch, seed 1", "pretrained, 005 h heard, seed 1"], results.Measured.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_fails_leaves_no_figure()
    {
        var path = folder.File("a1.json");
        Assert.Throws<InvalidOperationException>(() => new ResultsFile(path).Measure("x", () => throw new InvalidOperationException()));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Conditions_with_a_number_are_drawn_and_others_are_not()
    {
        var results = new ResultsFile(folder.File("a1.json"));
        results.Measure("scratch (rate 0.001), seed 1", () => new() { ["test cer"] = 0.9 });
        Assert.False(ResultsPlot.Write(folder.File("a1.svg"), Experiment.All[0], results));
        Assert.False(File.Exists(folder.File("a1.svg")));
        foreach (var (hours, seed) in new[] { (5, 1), (5, 2), (15, 1) })
            results.Measure($"pretrained, {hours:000} h heard, seed {seed}", () => new() { ["dev cer"] = 0.1, ["test cer"] = 0.5 });
        results.Measure("other, 600 updates, seed 1", () => new() { ["test cer"] = 0.5 });
        Assert.True(ResultsPlot.Write(folder.File("a1.svg"), Experiment.All[0], results));
        var drawn = File.ReadAllText(folder.File("a1.svg"));
        Assert.Contains("pretrained", drawn);
        Assert.Contains("h heard", drawn);
        Assert.Contains("test cer", drawn);
        Assert.DoesNotContain("other", drawn);
        Assert.DoesNotContain("updates", drawn);
    }

    [Fact]
    public void A_line_does_not_join_what_was_measured_with_other_defaults()
    {
        var path = folder.File("a1.json");
        File.WriteAllText(path, """{ "pretrained, 005 h heard, seed 1": { "figures": { "test cer": 0.5 } } }""");
        var results = new ResultsFile(path);
        results.Measure("pretrained, 015 h heard, seed 1", () => new() { ["test cer"] = 0.4 });
        Assert.True(ResultsPlot.Write(folder.File("a1.svg"), Experiment.All[0], results));
        Assert.Contains("pretrained (earlier defaults)", File.ReadAllText(folder.File("a1.svg")));
    }

    [Theory]
    [InlineData("[1, 2")]
    [InlineData("""{ "scratch, seed 1": { "test cer": 0.5 } }""")] // as it was written before defaults were noted
    [InlineData("""{ "scratch, seed 1": { "figures": null } }""")]
    public void A_file_that_is_something_else_is_named(string content)
    {
        var path = folder.File("a1.json");
        File.WriteAllText(path, content);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => new ResultsFile(path)).Message);
    }

    [Fact]
    public void The_page_has_a_row_for_a_condition_over_its_seeds()
    {
        var results = new ResultsFile(folder.File("a1.json"));
        foreach (var seed in new[] { 1, 2 })
            results.Measure($"scratch, 010 labels a digit, seed {seed}", () => new() { ["test cer"] = 0.2 * seed, ["test loss"] = seed, ["loss"] = 7 });
        ResultsPage.Write(folder.File("results.md"), folder.Path);
        var page = File.ReadAllText(folder.File("results.md"));
        Assert.Contains("| condition | seeds | test cer | test loss |", page);
        Assert.Contains("| scratch, 010 labels a digit | 2 | 0.300 [0.200, 0.400] | 1.500 [1.000, 2.000] |", page);
    }
}
