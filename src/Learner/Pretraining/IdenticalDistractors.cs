namespace Ssl.Learner.Pretraining;

/// <summary>What a distractor counts whose quantised vector equals the positive's.</summary>
enum IdenticalDistractors
{
    /// <summary>Like any other: the positive cannot win against itself, so codes that are all the same cost the most.</summary>
    Tie,

    /// <summary>
    /// Nothing (logit minus infinity), as in the paper's code. Small models collapse with it: a few codes for everything leave no
    /// distractor and a loss of zero (264 steps: loss 0.055, accuracy 1.0, 3.5 of 128 codes). For parity and for imported checkpoints.
    /// </summary>
    Exclude,
}
