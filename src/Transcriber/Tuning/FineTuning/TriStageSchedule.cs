namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>The learning rate over a fine-tuning, as a share of its peak: up, constant, down exponentially (wav2vec 2.0, section 4.3; fairseq's tri_stage).</summary>
sealed class TriStageSchedule(double warmUpShare, double holdShare)
{
    const double FirstShare = 0.01;
    const double LastShare = 0.05;

    /// <param name="progress">Share of the budget that is used up, 0 to 1.</param>
    public double At(double progress)
    {
        if (progress < warmUpShare)
            return FirstShare + (1 - FirstShare) * progress / warmUpShare;
        var falling = warmUpShare + holdShare;
        return progress <= falling || falling >= 1 ? 1 : Math.Pow(LastShare, Math.Min(1, (progress - falling) / (1 - falling)));
    }
}
