namespace Ssl.Shared.Speech.Decoding;

/// <summary>A text prefix in a beam search, a node in the tree of prefixes, with the log-probabilities of its alignments.</summary>
sealed class Prefix
{
    const double Impossible = double.NegativeInfinity;

    Dictionary<int, Prefix>? children;
    double nextInBlank, nextInLabel;
    bool isInNext;

    Prefix(Prefix? parent, int label, LanguageState language)
    {
        (Parent, Label, Language) = (parent, label, language);
        Length = parent is null ? 0 : parent.Length + 1;
        Drop();
    }

    /// <summary>The empty text; a delimiter counts as its last label, because none is written before the first word.</summary>
    public static Prefix Empty(int delimiter, LanguageState language) => new(null, delimiter, language) { InBlank = 0, Either = 0 };

    public Prefix? Parent { get; }
    public int Label { get; }
    /// <summary>Labels of the text.</summary>
    public int Length { get; }
    public LanguageState Language { get; }

    /// <summary>Log-probability of the alignments that end in a blank.</summary>
    public double InBlank { get; private set; }

    /// <summary>Log-probability of the alignments that end in <see cref="Label"/>.</summary>
    public double InLabel { get; private set; }

    public double Either { get; private set; }
    public double LanguageScore { get; private init; }
    public double Score => Either + LanguageScore;

    public Prefix Extend(int label, ILanguageModel? model)
    {
        children ??= [];
        if (children.TryGetValue(label, out var child))
            return child;
        var (score, state) = model?.Write(Language, label) ?? default;
        child = new Prefix(this, label, state) { LanguageScore = LanguageScore + score };
        children.Add(label, child);
        return child;
    }

    /// <summary>Adds this to the prefixes of the next frame, once.</summary>
    public void AddTo(List<Prefix> next)
    {
        if (!isInNext)
            next.Add(this);
        isInNext = true;
    }

    public void AddBlank(double score) => nextInBlank = Sum(nextInBlank, score);

    public void AddLabel(double score) => nextInLabel = Sum(nextInLabel, score);

    /// <summary>Makes the next frame the current one.</summary>
    public void EndFrame()
    {
        (InBlank, InLabel, Either) = (nextInBlank, nextInLabel, Sum(nextInBlank, nextInLabel));
        (nextInBlank, nextInLabel, isInNext) = (Impossible, Impossible, false);
    }

    /// <summary>Drops the alignments that end in a blank, or in a label, where they score less.</summary>
    /// <returns>Whether any are left.</returns>
    public bool Prune(double minScore)
    {
        InBlank = InBlank + LanguageScore < minScore ? Impossible : InBlank;
        InLabel = InLabel + LanguageScore < minScore ? Impossible : InLabel;
        Either = Sum(InBlank, InLabel);
        return Either > Impossible;
    }

    /// <summary>Removes it from the beam; it may enter again from a shorter prefix.</summary>
    public void Drop() => InBlank = InLabel = Either = nextInBlank = nextInLabel = Impossible;

    public int[] Labels()
    {
        var labels = new List<int>();
        for (var prefix = this; prefix.Parent is not null; prefix = prefix.Parent)
            labels.Insert(0, prefix.Label);
        return [.. labels];
    }

    public static double Sum(double a, double b)
    {
        var (high, low) = a > b ? (a, b) : (b, a);
        return double.IsNegativeInfinity(low) ? high : high + Math.Log(1 + Math.Exp(low - high));
    }
}
