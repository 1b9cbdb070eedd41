namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// CTC prefix beam search (Graves 2012, section 7.5; Hannun 2014, arXiv 1408.2873): the probabilities of all alignments of a text add up, and a language model has its say with each letter.
/// Thread-safe.
/// </summary>
sealed class BeamDecoder(Vocabulary vocabulary, ILanguageModel? language, DecodingRecipe recipe)
{
    readonly bool[] written = [.. vocabulary.Tokens.Select((_, label) => vocabulary.IsWritten(label))];

    /// <param name="logProbabilities">Of each label in each frame, row-major. [T, V]</param>
    /// <returns>Labels of the best text, words delimited, without repetitions and blanks; and its score.</returns>
    public (int[] Labels, double Score) Decode(ReadOnlySpan<float> logProbabilities)
    {
        var beam = new List<Prefix> { Prefix.Empty(vocabulary.DelimiterLabel, language?.Beginning ?? default) };
        var labels = new List<int>();
        for (var frame = 0; frame * vocabulary.Size < logProbabilities.Length; frame++)
        {
            var row = logProbabilities.Slice(frame * vocabulary.Size, vocabulary.Size);
            Candidates(row, labels);
            beam = Advance(beam, row, labels);
        }
        var (best, bestScore) = (beam[0], double.NegativeInfinity);
        foreach (var prefix in beam)
        {
            var score = prefix.Score + (language?.Finish(prefix.Language) ?? 0);
            if (score > bestScore)
                (best, bestScore) = (prefix, score);
        }
        return (best.Labels(), bestScore);
    }

    void Candidates(ReadOnlySpan<float> row, List<int> labels)
    {
        labels.Clear();
        var best = 0;
        for (var label = 1; label < row.Length; label++)
        {
            if (row[label] > row[best])
                best = label;
        }
        for (var label = 1; label < row.Length; label++)
        {
            if (written[label] && (row[label] >= recipe.MinLabelScore || label == best))
                labels.Add(label);
        }
    }

    List<Prefix> Advance(List<Prefix> beam, ReadOnlySpan<float> row, List<int> labels)
    {
        var reached = new List<Prefix>(beam.Count * 4);
        foreach (var prefix in beam)
        {
            prefix.Reach(reached);
            prefix.AddBlank(prefix.Either + row[Vocabulary.BlankLabel]);
            // Its last label again is still that label; a second delimiter delimits nothing.
            prefix.AddLabel(row[prefix.Label] + (prefix.Label == vocabulary.DelimiterLabel ? prefix.Either : prefix.InLabel));
        }
        foreach (var prefix in beam)
        {
            foreach (var label in labels)
            {
                if (label == prefix.Label && label == vocabulary.DelimiterLabel)
                    continue;
                var through = label == prefix.Label ? prefix.InBlank : prefix.Either; // a double letter needs a blank between
                if (double.IsNegativeInfinity(through))
                    continue;
                var longer = prefix.Longer(label, language);
                longer.Reach(reached);
                longer.AddLabel(through + row[label]);
            }
        }
        foreach (var prefix in reached)
            prefix.Settle();
        reached.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        var least = reached[0].Score + recipe.MinBeamScore;
        var kept = 1;
        while (kept < reached.Count && kept < recipe.BeamWidth && reached[kept].Score >= least)
            kept++;
        for (var i = kept; i < reached.Count; i++)
            reached[i].Drop();
        reached.RemoveRange(kept, reached.Count - kept);
        return reached;
    }
}
