using Ssl.Learner.Checkpoints;

namespace Ssl.Learner.Publishing;

/// <summary>When the next encoder version is due. Counts training time and steps: waiting for audio and restarts do not count.</summary>
sealed class PublicationSchedule(PublishingOptions options)
{
    public bool IsDue(LearnerState state)
    {
        if (state.PublishedStep is not { } published)
            return state.TrainingTime >= options.FirstAfter || state.Step >= options.EverySteps;
        return state.Step > published
            && (state.TrainingTime - state.PublishedTime >= options.Every || state.Step - published >= options.EverySteps);
    }
}
