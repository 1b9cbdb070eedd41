using Ssl.Learner.Seeding;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// Masks spans of frames (wav2vec 2.0, section 3.1): of a fixed length, starts drawn without replacement, overlap allowed. A pure
/// function of the length and the random stream.
/// </summary>
static class SpanMask
{
    /// <summary>Masks one utterance; true = masked. An utterance shorter than a span stays unmasked.</summary>
    public static void Draw(Span<bool> masked, PretrainingRecipe recipe, ref SeededRandom random)
    {
        masked.Clear();
        var span = recipe.MaskSpanFrames;
        var starts = masked.Length - span + 1;
        if (starts < 1)
            return;
        // Rounded at random, so that the expected number of spans is exact at every length.
        var spans = Math.Max(recipe.MinMaskSpans, (int)(recipe.MaskStartProbability * masked.Length + random.NextDouble()));
        spans = Math.Min(spans, masked.Length / span);
        Span<bool> taken = stackalloc bool[starts];
        for (var drawn = 0; drawn < spans;)
        {
            var start = random.Next(starts);
            if (taken[start])
                continue;
            taken[start] = true;
            masked.Slice(start, span).Fill(true);
            drawn++;
        }
    }
}
