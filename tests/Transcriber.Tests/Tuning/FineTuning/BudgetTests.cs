using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class BudgetTests
{
    static readonly FineTuningRecipe Recipe = new() { BatchAudioSeconds = 40, MinUpdates = 400, MinBatchAudioSeconds = 10 };
    static readonly FineTuningBudget Minute = new(TimeSpan.FromMinutes(1), Updates: 1_000);
    static readonly FineTuningBudget Round = Minute with { Rules = new RoundRecipe { EpochBatches = 40 } };

    [Fact]
    public void Time_or_updates_end_it_whichever_is_first()
    {
        Assert.Equal(0.5, Minute.Progress(TimeSpan.FromSeconds(30), 100));
        Assert.Equal(0.8, Minute.Progress(TimeSpan.FromSeconds(30), 800));
        Assert.Equal(1, Minute.Progress(TimeSpan.FromSeconds(60), 8));
        Assert.Equal(1, Minute.Progress(TimeSpan.FromSeconds(6), 1_000));
        Assert.Equal(0, Minute.Progress(TimeSpan.FromSeconds(1), 0));
    }

    [Fact]
    public void Batches_shrink_where_the_time_is_too_short_for_the_updates()
    {
        Assert.Equal(40, Minute.BatchSeconds(Recipe, 600, 0, TimeSpan.Zero)); // nothing is known yet
        Assert.Equal(15, Minute.BatchSeconds(Recipe, 600, 1_000, TimeSpan.FromSeconds(10)));
        Assert.Equal(10, Minute.BatchSeconds(Recipe, 600, 100, TimeSpan.FromSeconds(10)));
        Assert.Equal(40, Minute.BatchSeconds(Recipe, 600, 10_000, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(80, 10)] // digits
    [InlineData(800, 20)]
    [InlineData(3_600, 40)]
    public void Batches_of_a_round_are_a_fortieth_of_the_audio_and_of_the_first_the_smallest(double audio, double batch)
    {
        Assert.Equal(batch, Round.BatchSeconds(Recipe, audio, 0, TimeSpan.Zero));
        Assert.Equal(batch, Round.BatchSeconds(Recipe, audio, 10_000, TimeSpan.FromSeconds(10)));
        Assert.Equal(10, (Round with { IsFirst = true }).BatchSeconds(Recipe, audio, 0, TimeSpan.Zero));
        Assert.Equal(40, Minute.BatchSeconds(Recipe, audio, 0, TimeSpan.Zero)); // without the rules of rounds
    }

    [Fact]
    public void Aligning_takes_a_twentieth_of_the_time_and_five_minutes_at_most()
    {
        Assert.True(Minute.AllowsAligning(TimeSpan.FromSeconds(2.9)));
        Assert.False(Minute.AllowsAligning(TimeSpan.FromSeconds(3)));
        Assert.False((Minute with { Time = TimeSpan.FromDays(1) }).AllowsAligning(TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void Audio_and_time_are_expected_from_the_updates_and_the_speed_of_the_last_time()
    {
        Assert.Equal(40_000, Minute.ExpectedAudioSeconds(Recipe, 600));
        Assert.Equal(Minute.Time, Minute.ExpectedTime(Recipe, 600));
        var (slow, fast) = (Minute with { LastSpeed = 2 }, Minute with { LastSpeed = 4_000 });
        Assert.Equal(120, slow.ExpectedAudioSeconds(Recipe, 600));
        Assert.Equal(Minute.Time, slow.ExpectedTime(Recipe, 600));
        Assert.Equal(40_000, fast.ExpectedAudioSeconds(Recipe, 600));
        Assert.Equal(TimeSpan.FromSeconds(10), fast.ExpectedTime(Recipe, 600));
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
        var batches = new AudioBatches(durations, new Random(1));
        while (epoch.Count < durations.Length)
        {
            var batch = batches.Next(20);
            Assert.InRange(batch.Sum(i => durations[i]), 0, 20);
            epoch.AddRange(batch);
        }
        Assert.Equal(Enumerable.Range(0, 500), epoch.Order());
        var repeated = new AudioBatches(durations, new Random(1));
        var again = Enumerable.Range(0, 5).SelectMany(_ => repeated.Next(20)).ToArray();
        Assert.Equal(epoch.Take(again.Length), again);
    }

    [Fact]
    public void Batches_go_on_from_a_position_with_the_random_numbers_drawn_so_far()
    {
        double[] durations = [.. Enumerable.Range(0, 90).Select(i => 0.3 + i % 17 / 10.0)];
        var random = new CountedRandom(1);
        var batches = new AudioBatches(durations, random);
        for (var i = 0; i < 11; i++)
            batches.Next(5);
        var resumed = new CountedRandom(1);
        resumed.SkipTo(random.Drawn);
        var others = new AudioBatches(durations, resumed) { Position = batches.Position };
        Assert.All(Enumerable.Range(0, 60), _ => Assert.Equal(batches.Next(5), others.Next(5)));
        Assert.Equal(random.Drawn, resumed.Drawn);
    }

    [Fact]
    public void Counted_random_numbers_are_those_of_the_seed()
    {
        var (counted, plain) = (new CountedRandom(7), new Random(7));
        int[] one = [.. Enumerable.Range(0, 100)], other = [.. one];
        counted.Shuffle(one);
        plain.Shuffle(other);
        Assert.Equal(other, one);
        Assert.Equal(plain.NextDouble(), counted.NextDouble());
        Assert.Equal(plain.Next(1_000), counted.Next(1_000));
        var skipped = new CountedRandom(7);
        skipped.SkipTo(counted.Drawn);
        Assert.Equal(plain.Next(3, 9_999), skipped.Next(3, 9_999));
    }

    [Fact]
    public void A_recording_longer_than_a_batch_is_a_batch() =>
        Assert.Equal([0], new AudioBatches([30], new Random(1)).Next(20));
}
