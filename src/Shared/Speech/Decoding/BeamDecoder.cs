namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// CTC prefix beam search (Graves 2012, section 7.5; Hannun 2014, arXiv 1408.2873): a prefix scores the sum over all its alignments,
/// and the language model's score of each letter. Thread-safe.
/// </summary>
class BeamDecoder(Vocabulary vocabulary, ILanguageModel? language, DecodingRecipe recipe, bool triesSpecialTokens = false)
{
    readonly bool[] written = [.. vocabulary.Tokens.Select((_, label) => triesSpecialTokens || vocabulary.IsWritten(label))];

    /// <summary>Whether an improbable label is not tried either where it repeats the last one, nor an improbable blank.</summary>
    protected virtual bool PrunesRepetitions => false;

    /// <param name="logProbabilities">Of each label in each frame, row-major. [T, V]</param>
    /// <param name="known">What is known of the text already; null: nothing.</param>
    /// <returns>Labels of the best text, words delimited, without repetitions and blanks; and its score.</returns>
    public (int[] Labels, double Score) Decode(ReadOnlySpan<float> logProbabilities, KnownText? known = null)
    {
        var beam = new List<Prefix> { Prefix.Empty(vocabulary.DelimiterLabel, After(known?.Before ?? [])) };
        var labels = new List<int>();
        for (var frame = 0; frame * vocabulary.Size < logProbabilities.Length; frame++)
        {
            var row = logProbabilities.Slice(frame * vocabulary.Size, vocabulary.Size);
            var best = Candidates(row, labels);
            beam = Advance(beam, row, labels, best, known?.First ?? []);
        }
        return Best(beam);
    }

    protected virtual (int[] Labels, double Score) Best(List<Prefix> beam)
    {
        var (best, bestScore) = (beam[0], double.NegativeInfinity);
        foreach (var prefix in beam)
        {
            var score = prefix.Score + (language?.Finish(prefix.Language) ?? 0);
            if (score > bestScore)
                (best, bestScore) = (prefix, score);
        }
        return (best.Labels(), bestScore);
    }

    protected Vocabulary Letters => vocabulary;
    protected DecodingRecipe Recipe => recipe;

    /// <summary>The same search with another language model in place of, or around, its own.</summary>
    public virtual BeamDecoder With(Func<ILanguageModel?, ILanguageModel> change) => new(vocabulary, change(language), recipe);

    protected virtual void Prune(List<Prefix> next)
    {
        next.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        var minScore = next[0].Score + recipe.MinBeamScore;
        var kept = 1;
        while (kept < next.Count && kept < recipe.BeamWidth && next[kept].Score >= minScore)
            kept++;
        for (var i = kept; i < next.Count; i++)
            next[i].Drop();
        next.RemoveRange(kept, next.Count - kept);
    }

    /// <returns>The best label of all.</returns>
    int Candidates(ReadOnlySpan<float> row, List<int> labels)
    {
        labels.Clear();
        var best = 0;
        for (var label = 1; label < row.Length; label++)
            best = row[label] > row[best] ? label : best;
        for (var label = 1; label < row.Length; label++)
        {
            if (written[label] && (row[label] >= recipe.MinLabelScore || label == best))
                labels.Add(label);
        }
        return best;
    }

    LanguageState After(IReadOnlyList<int> written)
    {
        var state = language?.Beginning ?? default;
        foreach (var label in written)
            state = language?.Write(state, label).State ?? default;
        return state;
    }

    /// <summary>All labels that are tried, but for the one that follows in a text whose beginning is known.</summary>
    List<int> Following(Prefix prefix, List<int> labels, int[] first) => first.Length == 0 || prefix.Length > first.Length ? labels
        : [prefix.Length < first.Length ? first[prefix.Length] : vocabulary.DelimiterLabel];

    List<Prefix> Advance(List<Prefix> beam, ReadOnlySpan<float> row, List<int> labels, int best, int[] first)
    {
        var addsBlank = !PrunesRepetitions || best == Vocabulary.BlankLabel || row[Vocabulary.BlankLabel] >= recipe.MinLabelScore;
        var next = new List<Prefix>(beam.Count * 4);
        foreach (var prefix in beam)
        {
            prefix.AddTo(next);
            if (addsBlank)
                prefix.AddBlank(prefix.Either + row[Vocabulary.BlankLabel]);
            // A repeated label does not change the text, nor does a second delimiter, even after a blank.
            if (!PrunesRepetitions || labels.Contains(prefix.Label))
                prefix.AddLabel(row[prefix.Label] + (prefix.Label == vocabulary.DelimiterLabel ? prefix.Either : prefix.InLabel));
        }
        foreach (var prefix in beam)
        {
            foreach (var label in Following(prefix, labels, first))
            {
                if (label == prefix.Label && label == vocabulary.DelimiterLabel)
                    continue;
                var before = label == prefix.Label ? prefix.InBlank : prefix.Either; // a double letter needs a blank between
                if (double.IsNegativeInfinity(before))
                    continue;
                var extended = prefix.Extend(label, language);
                extended.AddTo(next);
                extended.AddLabel(before + row[label]);
            }
        }
        foreach (var prefix in next)
            prefix.EndFrame();
        Prune(next);
        return next;
    }
}
