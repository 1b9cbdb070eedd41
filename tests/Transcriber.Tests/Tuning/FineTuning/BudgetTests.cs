using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class BudgetTests
{
    static readonly FineTuningRecipe Recipe = new() { BatchAudioSeconds = 40, MinUpdates = 400, MinBatchAudioSeconds = 10 };
    static readonly FineTuningBudget Minute = new(TimeSpan.FromMinutes(1), 0);

    [Fact]
    public void Time_or_updates_end_it_whichever_is_first()
    {
        Assert.Equal(0.5, Minute.Progress(TimeSpan.FromSeconds(30), 1_000));
        Assert.Equal(0.8, (Minute with { MaxUpdates = 10 }).Progress(TimeSpan.FromSeconds(30), 8));
        Assert.Equal(1, (Minute with { MaxUpdates = 10 }).Progress(TimeSpan.FromSeconds(60), 8));
        Assert.Equal(0, Minute.Progress(TimeSpan.FromSeconds(1), 0));
    }

    [Fact]
    public void A_slow_machine_gets_smaller_batches()
    {
        Assert.Equal(10, Minute.BatchSeconds(Recipe, 0, TimeSpan.Zero));
        Assert.Equal(15, Minute.BatchSeconds(Recipe, 1_000, TimeSpan.FromSeconds(10)));
        Assert.Equal(40, Minute.BatchSeconds(Recipe, 10_000, TimeSpan.FromSeconds(10)));
        Assert.Equal(40, (Minute with { MaxUpdates = 5 }).BatchSeconds(Recipe, 0, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Aligning_takes_a_twentieth_of_the_time_and_five_minutes_at_most()
    {
        Assert.True(Minute.AllowsAligning(TimeSpan.FromSeconds(2.9)));
        Assert.False(Minute.AllowsAligning(TimeSpan.FromSeconds(3)));
        Assert.False((Minute with { Time = TimeSpan.FromDays(1) }).AllowsAligning(TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void Audio_to_train_on_is_expected_from_the_updates_or_the_speed_of_the_last_time()
    {
        Assert.Equal(200, (Minute with { MaxUpdates = 5 }).ExpectedAudioSeconds(Recipe));
        Assert.Equal(120, (Minute with { LastSpeed = 2 }).ExpectedAudioSeconds(Recipe));
        Assert.Equal(0, Minute.ExpectedAudioSeconds(Recipe));
    }

    [Fact]
    public void The_rate_rises_stays_and_falls()
    {
        var recipe = Recipe with { LearningRate = 1, WarmUpShare = 0.1, HoldShare = 0.4 };
        Assert.Equal(0.01, recipe.LearningRateAt(0, 40), 9);
        Assert.Equal(1, recipe.LearningRateAt(0.1, 40), 9);
        Assert.Equal(1, recipe.LearningRateAt(0.5, 40), 9);
        Assert.InRange(recipe.LearningRateAt(0.75, 40), 0.1, 0.5);
        Assert.Equal(0.05, recipe.LearningRateAt(1, 40), 9);
    }

    [Fact]
    public void An_update_of_a_quarter_of_the_audio_has_half_the_rate()
    {
        var recipe = Recipe with { LearningRate = 3e-3 };
        Assert.Equal(3e-3, recipe.LearningRateAt(0.3, 40));
        Assert.Equal(1.5e-3, recipe.LearningRateAt(0.3, 10));
        Assert.Equal(3e-3, recipe.LearningRateAt(0.3, 400)); // as far as was measured
    }

    [Fact]
    public void Every_utterance_comes_once_an_epoch_in_batches_of_the_size_asked_for()
    {
        double[] durations = [.. Enumerable.Range(0, 500).Select(i => 0.3 + i % 17 / 10.0)];
        var epoch = new List<int>();
        foreach (var batch in AudioBatches.Endless(durations, () => 20, new Random(1)))
        {
            Assert.InRange(batch.Sum(i => durations[i]), 0, 20);
            epoch.AddRange(batch);
            if (epoch.Count >= durations.Length)
                break;
        }
        Assert.Equal(Enumerable.Range(0, 500), epoch.Order());
        var again = AudioBatches.Endless(durations, () => 20, new Random(1)).Take(5).SelectMany(b => b).ToArray();
        Assert.Equal(epoch.Take(again.Length), again);
    }

    [Fact]
    public void A_recording_longer_than_a_batch_is_a_batch() =>
        Assert.Equal([0], AudioBatches.Endless([30], () => 20, new Random(1)).First());
}
