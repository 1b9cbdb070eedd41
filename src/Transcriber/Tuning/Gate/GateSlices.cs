using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>
/// Parts of the gate set on which a better candidate may be worse: each speaker, each domain, and the labels on which the champion was
/// judged where others were added since (forgetting).
/// </summary>
static class GateSlices
{
    const int MinRecordings = 3;
    const int MaxSlices = 50; // in a manifest

    /// <returns>Worst first.</returns>
    public static IReadOnlyList<Comparison> Of(
        IReadOnlyList<ScoredRecording> candidate, IReadOnlyList<ScoredRecording> champion, string? championJudgedOn, GateMetric metric)
    {
        var older = championJudgedOn is null ? null : new LabelPrints(championJudgedOn);
        var slices = Named("speaker", u => u.Speaker).Concat(Named("domain", u => u.Domain))
            .Concat(Named("older labels", u => older?.Holds(u) == true ? "" : null));
        return [.. slices.OrderByDescending(s => s.Difference!.Difference).Take(MaxSlices)];

        IEnumerable<Comparison> Named(string kind, Func<LabelledUtterance, string?> nameOf) => candidate.Zip(champion)
            .GroupBy(pair => nameOf(pair.First.Recording), StringComparer.Ordinal)
            .Where(slice => slice.Key is not null && slice.Count() >= MinRecordings && slice.Count() < candidate.Count)
            .Select(slice => Comparison.Of($"{kind} {slice.Key}".TrimEnd(),
                [.. slice.Select(p => p.First)], [.. slice.Select(p => p.Second)], metric));
    }
}
