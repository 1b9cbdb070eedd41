namespace Ssl.Shared.Speech.Scoring;

/// <summary>Edits that turn a reference into a hypothesis, added up over utterances.</summary>
/// <param name="Length">Units (words or characters) of the references.</param>
public readonly record struct ErrorCounts(long Substitutions, long Deletions, long Insertions, long Length)
{
    public static ErrorCounts None => default;
    public long Errors => Substitutions + Deletions + Insertions;

    /// <summary>Errors per unit of the reference, 0 and up; 1 where there is no reference but a hypothesis.</summary>
    public double Rate => Length > 0 ? Errors / (double)Length : Errors > 0 ? 1 : 0;

    public static ErrorCounts operator +(ErrorCounts a, ErrorCounts b) =>
        new(a.Substitutions + b.Substitutions, a.Deletions + b.Deletions, a.Insertions + b.Insertions, a.Length + b.Length);

    public override string ToString() => $"{Substitutions} substituted, {Deletions} deleted, {Insertions} inserted of {Length}";
}
