using System.Globalization;

namespace Ssl.Experiments;

/// <summary>What a figure was measured under; the key of stored figures. The names of its fields are those of the JSON files.</summary>
sealed record Condition : IComparable<Condition>
{
    /// <summary>Settings given with <c>--set</c>; null: none.</summary>
    public Variation? Settings { get; init; }

    /// <summary>Where an experiment has several tasks: which.</summary>
    public string? Task { get; init; }

    /// <summary>Audio heard in pretraining, in hours, repetitions counted; 0: from scratch.</summary>
    public double HoursHeard { get; init; }

    /// <summary>Hours heard after that, when other corpora had joined the stream; null: none.</summary>
    public double? OtherSpeechHours { get; init; }

    /// <summary>True labels of each digit; null: the labels are not digits.</summary>
    public int? LabelsPerDigit { get; init; }

    /// <summary>True labels in minutes of audio; null: they are not measured so.</summary>
    public double? LabelMinutes { get; init; }

    /// <summary>Peak learning rate of fine-tuning, where the experiment compares several; null: the recipe's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Updates of a fine-tuning, where the experiment compares several budgets; null: the experiment's only one.</summary>
    public int? Updates { get; init; }

    /// <summary>Recognizers made one after the other; the last one is scored.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Of these rounds, how many also learnt from the transcripts of the recognizer before.</summary>
    public int PseudoLabelRounds { get; init; }

    /// <summary>Each round starts from the recognizer before, as the service's do; false: each starts from the encoder.</summary>
    public bool WarmStart { get; init; }

    /// <summary>Of pretraining, of the draw of labels and of fine-tuning; 1 and up.</summary>
    public int Seed { get; init; }

    public int CompareTo(Condition? other) => other is null ? 1 : Order.CompareTo(other.Order);

    (string, string, double, double?, (int?, double?, double?, int?), (int, int, bool, int)) Order =>
        (Settings?.ToString() ?? "", Task ?? "", HoursHeard, OtherSpeechHours,
            (LabelsPerDigit, LabelMinutes, LearningRate, Updates), (PseudoLabelRounds, Rounds, WarmStart, Seed));

    /// <summary>For display, without the seed.</summary>
    public override string ToString() => string.Join(", ", Parts().Where(part => part.Length > 0));

    IEnumerable<string> Parts()
    {
        yield return Settings?.ToString() ?? "";
        yield return Task ?? "";
        yield return double.IsNaN(HoursHeard) ? "pretrained" : HoursHeard == 0 ? "from scratch" : Number(HoursHeard, "h heard");
        yield return Number(OtherSpeechHours, "h with other speech after");
        yield return Number(LabelsPerDigit, LabelsPerDigit == 1 ? "label per digit" : "labels per digit");
        yield return Number(LabelMinutes, "min of labels");
        yield return LearningRate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"rate {rate}") : "";
        yield return Number(Updates, "updates");
        yield return Number(PseudoLabelRounds, PseudoLabelRounds == 1 ? "round of pseudo-labels" : "rounds of pseudo-labels");
        yield return Rounds > PseudoLabelRounds + 1 ? $"{Rounds} rounds" : "";
        yield return Rounds == 1 ? "" : WarmStart ? "warm start" : "each round anew";
    }

    static string Number(double? value, string unit) =>
        value is null or 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{value} {unit}");
}
