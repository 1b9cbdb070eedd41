namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Scores of a recognizer on the held-out recordings, decoded as it serves: with its n-grams and known words.</summary>
/// <param name="WordErrorRate">0 and up.</param>
/// <param name="CharacterErrorRate">0 and up.</param>
/// <param name="IsFinite">False: some output was not a number.</param>
/// <param name="IsConstant">True: it gives the same text for recordings whose texts differ.</param>
sealed record GateScore(double WordErrorRate, double CharacterErrorRate, bool IsFinite, bool IsConstant)
{
    public double By(GateMetric metric) => metric == GateMetric.WordErrorRate ? WordErrorRate : CharacterErrorRate;
}
