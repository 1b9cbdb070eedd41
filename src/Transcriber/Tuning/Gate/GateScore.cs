namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>How a recognizer does on the held-out recordings.</summary>
/// <param name="WordErrorRate">0 and up.</param>
/// <param name="CharacterErrorRate">0 and up.</param>
/// <param name="IsFinite">False: some output was not a number.</param>
/// <param name="IsConstant">True: it hears the same in recordings whose texts differ.</param>
sealed record GateScore(double WordErrorRate, double CharacterErrorRate, bool IsFinite, bool IsConstant)
{
    public double By(GateMetric metric) => metric == GateMetric.WordErrorRate ? WordErrorRate : CharacterErrorRate;
}
