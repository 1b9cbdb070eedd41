using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;

namespace Ssl.Learner.Tests.Health;

public sealed class HealthMonitorTests
{
    static readonly StepOutcome Good = new(8, 3.9, 0.3, 5, 0.12, 0.06, [45, 35], [40, 30], 1, 0.49, 20);
    static readonly PretrainingShape Shape = new(2, 64, 128, 128, 1024, 16);

    [Fact]
    public void Good_steps_are_healthy_and_may_be_published_after_a_window()
    {
        var monitor = Monitor();
        for (var step = 0; step < 9; step++)
        {
            Assert.Equal(HealthState.Healthy, monitor.Observe(Good, step));
            Assert.False(monitor.MayPublish);
        }
        monitor.Observe(Good, 9);
        Assert.True(monitor.MayPublish);
        Assert.Equal(80, monitor.Mean(o => o.CodePerplexity));
    }

    [Fact]
    public void One_step_that_is_not_finite_is_enough()
    {
        var monitor = Monitor();
        Assert.Equal(HealthState.NotFinite, monitor.Observe(Good with { Loss = double.NaN }, 1));
        Assert.Equal(HealthState.NotFinite, monitor.Observe(Good with { GradientNorm = double.PositiveInfinity }, 1));
        monitor.Reset();
        Assert.Equal(HealthState.Healthy, monitor.State);
    }

    public static TheoryData<string, double, double, double, double, long> Failures => new()
    {
        { nameof(HealthState.Collapsed), 4.6, 0.01, 5, 6, 100 },
        { nameof(HealthState.Trivial), 0.055, 1.0, 5, 80, 100 },
        { nameof(HealthState.Stuck), 4.614, 0.01, 6.93, 80, 3000 },
        { nameof(HealthState.Diverged), 3.9, 0.1, 30, 80, 100 },
        { nameof(HealthState.Healthy), 4.614, 0.01, 6.93, 80, 100 }, // at chance, but young
        { nameof(HealthState.Healthy), 4.614, 0.01, 5, 80, 3000 }, // one objective learns
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Failures_are_told_apart(string expected, double contrastive, double accuracy, double prediction,
        double perplexity, long step)
    {
        var monitor = Monitor();
        for (var i = 0; i < 10; i++)
            monitor.Observe(Good with
            {
                ContrastiveLoss = contrastive,
                ContrastiveAccuracy = accuracy,
                MaskedPredictionLoss = prediction,
                CodebookPerplexities = [perplexity]
            }, step);
        Assert.Equal(expected, monitor.State.ToString());
        Assert.Equal(expected == nameof(HealthState.Healthy), monitor.MayPublish);
    }

    [Fact]
    public void It_recovers_with_the_figures()
    {
        var monitor = Monitor();
        for (var i = 0; i < 10; i++)
            monitor.Observe(Good with { CodebookPerplexities = [2, 1] }, 100);
        Assert.False(monitor.MayPublish);
        for (var i = 0; i < 10; i++)
            monitor.Observe(Good, 100);
        Assert.True(monitor.MayPublish);
    }

    static HealthMonitor Monitor() => new(new PretrainingRecipe { HealthWindowSteps = 10 }, Shape);
}
