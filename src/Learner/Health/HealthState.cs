namespace Ssl.Learner.Health;

/// <summary>Verdict on the training of the last steps.</summary>
enum HealthState
{
    Healthy,

    /// <summary>A loss or a gradient was NaN or infinite; the weights did not take it over. Training goes back.</summary>
    NotFinite,

    /// <summary>A loss far above chance. Training goes back.</summary>
    Diverged,

    /// <summary>The quantiser uses too few of its codes.</summary>
    Collapsed,

    /// <summary>A contrastive task without any difficulty left: loss near 0, accuracy near 1.</summary>
    Trivial,

    /// <summary>Every objective at chance, long after the start.</summary>
    Stuck,
}
