namespace Ssl.Shared.Speech.Decoding;

/// <summary>A beginning of a text in a beam search, a node of the tree of all that were tried: its probability over all alignments that end in a blank, and over those that end in its last label.</summary>
sealed class Prefix
{
    const double Impossible = double.NegativeInfinity;

    readonly Prefix? shorter;
    Dictionary<int, Prefix>? longer;
    double languageScore;
    double nextInBlank;
    double nextInLabel;
    bool isReached;

    Prefix(Prefix? shorter, int label, LanguageState language)
    {
        (this.shorter, Label, Language) = (shorter, label, language);
        Drop();
    }

    /// <summary>Nothing written yet; before the first word stands a delimiter.</summary>
    public static Prefix Empty(int delimiter, LanguageState language) => new(null, delimiter, language) { InBlank = 0, Either = 0 };

    public int Label { get; }

    public LanguageState Language { get; private init; }

    /// <summary>Logarithm of the probability of the alignments that end in a blank.</summary>
    public double InBlank { get; private set; }

    /// <summary>Logarithm of the probability of the alignments that end in <see cref="Label"/>.</summary>
    public double InLabel { get; private set; }

    public double Either { get; private set; }

    /// <summary>With the language model's.</summary>
    public double Score => Either + languageScore;

    public Prefix Longer(int label, ILanguageModel? model)
    {
        longer ??= [];
        if (longer.TryGetValue(label, out var found))
            return found;
        var (score, state) = model?.Write(Language, label) ?? default;
        found = new Prefix(this, label, state) { languageScore = languageScore + score };
        longer.Add(label, found);
        return found;
    }

    /// <summary>Joins the texts of the next frame, once.</summary>
    public void Reach(List<Prefix> reached)
    {
        if (isReached)
            return;
        isReached = true;
        reached.Add(this);
    }

    public void AddBlank(double score) => nextInBlank = Sum(nextInBlank, score);

    public void AddLabel(double score) => nextInLabel = Sum(nextInLabel, score);

    /// <summary>The next frame is this one.</summary>
    public void Settle()
    {
        (InBlank, InLabel, Either) = (nextInBlank, nextInLabel, Sum(nextInBlank, nextInLabel));
        (nextInBlank, nextInLabel, isReached) = (Impossible, Impossible, false);
    }

    /// <summary>Out of the beam. It may be reached again, from shorter ones.</summary>
    public void Drop() => (InBlank, InLabel, Either, nextInBlank, nextInLabel) = (Impossible, Impossible, Impossible, Impossible, Impossible);

    public int[] Labels()
    {
        var labels = new List<int>();
        for (var prefix = this; prefix.shorter is not null; prefix = prefix.shorter)
            labels.Add(prefix.Label);
        labels.Reverse();
        return [.. labels];
    }

    static double Sum(double a, double b)
    {
        var (more, less) = a > b ? (a, b) : (b, a);
        return double.IsNegativeInfinity(less) ? more : more + Math.Log(1 + Math.Exp(less - more));
    }
}
