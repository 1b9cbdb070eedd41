namespace Ssl.Learner.Seeding;

/// <summary>Purposes of random numbers; each has its own stream, so that a change in one does not change the others.</summary>
enum RandomPurpose
{
    Crops = 1,
    SpanMasks = 2,
    Distractors = 3,
    GumbelNoise = 4,
    Dropout = 5,
    Eviction = 6,
    FrequencyWarp = 8,
}
