using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Experiments.Tests;

public sealed class ExperimentSettingTests
{
    [Fact]
    public void A_setting_of_the_learner_leaves_the_fine_tuning_of_the_same_name_alone()
    {
        var (plain, varied) = (Digits(), Digits("Pretraining:FrequencyWarp=0.3"));
        Assert.Equal(plain.Recipes.FineTuning, varied.Recipes.FineTuning);
        Assert.NotEqual(plain.Recipes.Pretraining, varied.Recipes.Pretraining);
        Assert.NotEqual(plain.Condition, varied.Condition);
    }

    [Fact]
    public void A_setting_that_was_given_is_not_overridden()
    {
        var setting = Setting("finetuning:frequencywarp=0.05");
        Assert.Equal(0.05, setting.Unless(r => r.FrequencyWarp, 0.15));
        Assert.Equal(0.2, setting.Unless(r => r.SpeedChange, 0.2));
        Assert.NotEqual(Digits().Recipes.FineTuning, Digits("FineTuning:FrequencyWarp=0.05").Recipes.FineTuning);
    }

    [Fact]
    public void A_recipe_is_that_of_the_values_in_use()
    {
        var plain = Digits().Recipes;
        Assert.Equal(plain, Digits("Learner:DataPath=elsewhere").Recipes);
        Assert.Equal(plain with { Decoding = "" }, Digits("Decoding:KnownWordWeight=1").Recipes with { Decoding = "" });
        Assert.Equal(plain with { PseudoLabels = "" }, Digits("FineTuning:KeptShare=0.5").Recipes with { PseudoLabels = "" });
        Assert.NotEqual(plain.Decoding, Digits("Decoding:KnownWordWeight=1").Recipes.Decoding);
        Assert.NotEqual(plain.PseudoLabels, Digits("Decoding:LetterBonus=2").Recipes.PseudoLabels);
        Assert.NotEqual(plain.Pretraining, Digits("Learner:Encoder=Small").Recipes.Pretraining);
        Assert.Equal(plain, Digits("Pretraining:MinStoredSeconds=5").Recipes);
    }

    [Theory]
    [InlineData("FineTuning:Dropout")]
    [InlineData("FineTuning:NoSuchValue=1")]
    [InlineData("FineTuning:Dropout=much")]
    [InlineData("Transcriber:FineTuning:Dropout=0.2")]
    [InlineData("Learner:Objectives:FrequencyWarp=0.3")]
    [InlineData("Updates=-1")]
    public void A_setting_that_cannot_be_is_refused(string argument) => Assert.Throws<InvalidSettingException>(() => Setting(argument));

    [Fact]
    public void Only_wanted_conditions_are_selected()
    {
        var only = new ConditionFilter(["HoursHeard=5", "hoursHeard=0.5", "task=digits"]);
        Assert.True(only.Selects(new() { HoursHeard = 0.5, Task = "digits" }));
        Assert.True(only.Selects(new() { HoursHeard = 5, Task = "digits", Seed = 3 }));
        Assert.False(only.Selects(new() { HoursHeard = 15, Task = "digits" }));
        Assert.False(only.Selects(new() { HoursHeard = 5 }));
        Assert.Contains("hoursHeard", Assert.Throws<InvalidSettingException>(() => new ConditionFilter(["005 h"])).Message);
    }

    /// <summary>The first trial of a1 with pretraining and pseudo-labels.</summary>
    static Trial Digits(params string[] arguments) =>
        LabelEfficiency.Experiment.Trials(Setting(arguments), default)
            .First(t => t.Condition is { HoursHeard: > 0, PseudoLabelRounds: > 0 });

    static ExperimentSetting Setting(params string[] arguments) => ExperimentSetting.Create(
        new("no-data", "no-work", "no-results"), Variation.Parse(arguments), seeds: 1, isSmokeTest: false, NullLoggerFactory.Instance);
}
