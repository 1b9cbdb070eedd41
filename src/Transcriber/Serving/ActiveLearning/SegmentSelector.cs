using System.Globalization;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>
/// Chooses segments to label, one after the other (batch active learning). A segment's score is the weighted mean of two shares. The first
/// is how unsure the recognizers are of it: its rank by confidence and by disagreement. The second is how much of the pool sounds like it
/// and like nothing that is labelled or chosen (facility location: Wei et al. 2014, "Submodular subset selection for large-scale speech
/// training data"), so that odd recordings do not come first. Without a recognizer the second decides alone.
/// </summary>
sealed class SegmentSelector(SelectionRecipe recipe)
{
    const float Sharpness = 2; // of similarity: e^-2 at the pool's mean squared distance

    /// <param name="pool">A thousand at most: the cost grows with the square.</param>
    /// <param name="labelled">Vectors of what is labelled.</param>
    /// <param name="seconds">Audio to choose.</param>
    /// <returns>In the order of their choice, together no longer than asked for.</returns>
    public IReadOnlyList<Proposal> Choose(IReadOnlyList<UnlabelledSegment> pool, IReadOnlyList<float[]> labelled, double seconds)
    {
        var chosen = new List<Proposal>();
        var unsure = Unsureness(pool);
        var similarity = Similarity(pool, labelled, out var covered);
        var first = default(double?); // gain of the first step, to which the novelty of later ones is told
        for (int[] left = [.. Enumerable.Range(0, pool.Count)]; (left = [.. left.Where(i => pool[i].Seconds <= seconds)]).Length > 0;)
        {
            double[] gains = [.. left.Select(i => Gain(similarity[i], covered))];
            var largest = Math.Max(gains.Max(), double.Epsilon);
            var (next, novelty) = left.Zip(gains, (i, gain) => (Index: i, Novelty: gain / largest))
                .OrderByDescending(s => Score(unsure?[s.Index], s.Novelty)).ThenBy(s => pool[s.Index].Id, StringComparer.Ordinal).First();
            first ??= largest;
            var told = Score(unsure?[next], Math.Min(1, novelty * largest / first.Value));
            chosen.Add(new Proposal(pool[next], told, Reason(pool[next], unsure?[next], novelty)));
            for (var i = 0; i < covered.Length; i++)
                covered[i] = Math.Max(covered[i], similarity[next][i]);
            seconds -= pool[next].Seconds;
            left = [.. left.Where(i => i != next)];
        }
        return chosen;
    }

    double Score(double? unsure, double novelty) =>
        unsure is { } known ? (1 - recipe.NoveltyShare) * known + recipe.NoveltyShare * novelty : novelty;

    /// <summary>0 (surest) to 1 of each segment; null: no recognizer has heard them.</summary>
    static double[]? Unsureness(IReadOnlyList<UnlabelledSegment> pool)
    {
        double[][] ranks = [.. ((Func<UnlabelledSegment, double?>[])[s => 1 - s.Confidence, s => s.Disagreement])
            .Where(measure => pool.Any(s => measure(s) is not null)).Select(measure => Ranks([.. pool.Select(s => measure(s) ?? 0)]))];
        return ranks.Length == 0 ? null : [.. Enumerable.Range(0, pool.Count).Select(i => ranks.Average(r => r[i]))];
    }

    /// <summary>0 to 1; equal values have the mean of their ranks.</summary>
    static double[] Ranks(double[] values)
    {
        var ranks = new double[values.Length];
        foreach (var same in Enumerable.Range(0, values.Length).OrderBy(i => values[i]).Index().GroupBy(at => values[at.Item]))
        {
            foreach (var (_, i) in same)
                ranks[i] = same.Average(at => at.Index) / Math.Max(1, values.Length - 1);
        }
        return ranks;
    }

    /// <summary>Of all pairs, 0 to 1; dimensions are scaled to equal variance first.</summary>
    /// <param name="covered">The largest similarity of each segment to what is labelled.</param>
    static float[][] Similarity(IReadOnlyList<UnlabelledSegment> pool, IReadOnlyList<float[]> labelled, out float[] covered)
    {
        var vectors = Standardised([.. pool.Select(s => s.Vector), .. labelled]);
        var (own, known) = (vectors[..pool.Count], vectors[pool.Count..]);
        covered = [.. own.Select(v => known.Select(k => Of(v, k)).DefaultIfEmpty(0).Max())];
        return [.. own.Select(a => own.Select(b => Of(a, b)).ToArray())];

        static float Of(float[] a, float[] b)
        {
            var distance = 0f;
            for (var d = 0; d < a.Length; d++)
                distance += (a[d] - b[d]) * (a[d] - b[d]);
            return MathF.Exp(-Sharpness * distance / (2 * a.Length)); // 2 a dimension is the mean of standardised pairs
        }
    }

    static float[][] Standardised(float[][] vectors)
    {
        if (vectors.Length == 0)
            return [];
        var (mean, deviation) = (new float[vectors[0].Length], new float[vectors[0].Length]);
        for (var d = 0; d < mean.Length; d++)
        {
            mean[d] = vectors.Average(v => v[d]);
            deviation[d] = MathF.Sqrt(vectors.Average(v => (v[d] - mean[d]) * (v[d] - mean[d])));
        }
        return [.. vectors.Select(v => v.Select((x, d) => deviation[d] > 0 ? (x - mean[d]) / deviation[d] : 0).ToArray())];
    }

    /// <summary>How much nearer to a chosen one the pool comes.</summary>
    static double Gain(float[] similarity, float[] covered)
    {
        var gain = 0.0;
        for (var i = 0; i < covered.Length; i++)
            gain += Math.Max(0, similarity[i] - covered[i]);
        return gain;
    }

    /// <summary>Why it was chosen, for people: what is above the middle of the pool, or the larger share.</summary>
    static string Reason(UnlabelledSegment segment, double? unsure, double novelty)
    {
        const double middle = 0.5;
        var reasons = new List<string>();
        if (unsure > middle || unsure > novelty)
        {
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"the champion is unsure (confidence {segment.Confidence:0.00})"));
            if (segment.Disagreement > 0)
                reasons.Add(string.Create(
                    CultureInfo.InvariantCulture, $"the version before writes {100 * segment.Disagreement:0} % of the letters otherwise"));
        }
        if (novelty > middle || reasons.Count == 0)
            reasons.Add("much of the stream sounds like it, and little that is labelled");
        return string.Join("; ", reasons);
    }
}
