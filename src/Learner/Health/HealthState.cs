namespace Ssl.Learner.Health;

/// <summary>Verdict on the training of the last steps.</summary>
enum HealthState
{
    Healthy,

    /// <summary>A loss or a gradient was NaN or infinite; the step did not change the weights. Training returns to a checkpoint.</summary>
    NotFinite,

    /// <summary>A loss is far above chance. Training returns to a checkpoint.</summary>
    Diverged,

    /// <summary>The quantiser uses too few of its codes.</summary>
    Collapsed,

    /// <summary>The contrastive task has become trivial: loss near 0, accuracy near 1.</summary>
    Trivial,

    /// <summary>All objectives are still at chance, long after the start.</summary>
    Stuck,
}
