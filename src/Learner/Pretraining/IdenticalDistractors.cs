namespace Ssl.Learner.Pretraining;

/// <summary>Treatment of distractors whose quantised vector equals the positive's.</summary>
enum IdenticalDistractors
{
    /// <summary>They count like others, so a collapsed codebook has the highest loss.</summary>
    Tie,

    /// <summary>
    /// They are excluded (logit minus infinity), as in the paper's code. Small models collapse with it: with few codes in use no
    /// distractor is left (after 264 steps: loss 0.055, accuracy 1.0, 3.5 of 128 codes). For parity and imported checkpoints.
    /// </summary>
    Exclude,
}
