namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Learning rate as a share of its peak: linear rise, constant, exponential fall (wav2vec 2.0, section 4.3; fairseq's tri_stage).</summary>
sealed class TriStageSchedule(double warmUpShare, double holdShare)
{
    const double FirstShare = 0.01;
    const double LastShare = 0.05;

    /// <param name="progress">Used share of the budget, 0 to 1.</param>
    public double At(double progress)
    {
        if (progress < warmUpShare)
            return FirstShare + (1 - FirstShare) * progress / warmUpShare;
        var falling = warmUpShare + holdShare;
        return progress <= falling || falling >= 1 ? 1 : Math.Pow(LastShare, Math.Min(1, (progress - falling) / (1 - falling)));
    }
}
