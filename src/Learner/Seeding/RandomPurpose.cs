namespace Ssl.Learner.Seeding;

/// <summary>What a step draws random numbers for; each purpose has its own stream, so that a change in one leaves the others as they were.</summary>
enum RandomPurpose
{
    Crops = 1,
    SpanMasks = 2,
    Distractors = 3,
    GumbelNoise = 4,
    Dropout = 5,
    Eviction = 6,
    Initialisation = 7,
    FrequencyWarp = 8,
}
