using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>A round to run.</summary>
/// <param name="Encoder">Its number.</param>
sealed record RoundOrder(int Encoder, LabelledSet Labels)
{
    /// <summary>It is not given up for a newer encoder.</summary>
    public bool MustEnd { get; init; }
    /// <summary>The newest encoder while the round runs.</summary>
    public Func<int> NewestEncoder { get; init; } = () => 0;
}

/// <summary>What came of a round.</summary>
enum RoundResult
{
    Published, // a version; the aliases may have moved
    Nothing, // the encoder or the labels cannot be used, or the candidate was refused
    GivenUp, // for a newer encoder
}
