using Ssl.Learner.Checkpoints;
using Ssl.Learner.Publishing;

namespace Ssl.Learner.Tests.Publishing;

public sealed class PublishingOptionsTests
{
    static readonly PublishingOptions Schedule = new() { FirstAfter = TimeSpan.FromMinutes(1), Every = TimeSpan.FromMinutes(10) };

    [Theory]
    [InlineData(59, 300, null, 0, false)]
    [InlineData(60, 300, null, 0, true)]
    [InlineData(30, 5000, null, 0, false)]
    [InlineData(659, 3000, 300L, 60, false)]
    [InlineData(660, 3000, 300L, 60, true)]
    [InlineData(100, 5300, 300L, 60, false)]
    [InlineData(9999, 300, 300L, 60, false)] // nothing was trained since
    public void A_version_is_due_by_training_time(int seconds, long step, long? publishedStep, int publishedSeconds, bool due) =>
        Assert.Equal(due, Schedule.IsDue(new LearnerState
        {
            TrainingTime = TimeSpan.FromSeconds(seconds),
            Step = step,
            PublishedStep = publishedStep,
            PublishedTime = TimeSpan.FromSeconds(publishedSeconds)
        }));
}
