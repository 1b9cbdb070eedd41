using System.Text;

namespace Ssl.Shared.Speech.Scoring;

/// <summary>Word and character errors: the minimum number of edits (Levenshtein), as jiwer counts them.</summary>
public static class ErrorRate
{
    /// <summary>Word errors; words are separated by white space.</summary>
    public static ErrorCounts Words(string reference, string hypothesis) => Count<string>(Split(reference), Split(hypothesis));

    /// <summary>Errors in Unicode code points, spaces within counted.</summary>
    public static ErrorCounts Characters(string reference, string hypothesis) =>
        Count<Rune>([.. reference.Trim().EnumerateRunes()], [.. hypothesis.Trim().EnumerateRunes()]);

    /// <summary>Letters that differ between two texts, as a share of the longer one, 0 to 1.</summary>
    public static double Disagreement(string a, string b)
    {
        var errors = Characters(a, b);
        return errors.Errors / (double)Math.Max(1, Math.Max(errors.Length, b.Trim().EnumerateRunes().Count()));
    }

    static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    static ErrorCounts Count<T>(T[] reference, T[] hypothesis) where T : IEquatable<T>
    {
        // Each cell has the edits of a cheapest path; at equal cost a substitution wins.
        var row = new ErrorCounts[hypothesis.Length + 1];
        for (var j = 0; j <= hypothesis.Length; j++)
            row[j] = new ErrorCounts(0, 0, j, 0);
        for (var i = 1; i <= reference.Length; i++)
        {
            var diagonal = row[0];
            row[0] = new ErrorCounts(0, i, 0, 0);
            for (var j = 1; j <= hypothesis.Length; j++)
            {
                var above = row[j];
                row[j] = reference[i - 1].Equals(hypothesis[j - 1]) ? diagonal : Cheapest(diagonal, above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[^1] with { Length = reference.Length };
    }

    static ErrorCounts Cheapest(ErrorCounts diagonal, ErrorCounts above, ErrorCounts left)
    {
        if (diagonal.Errors <= above.Errors && diagonal.Errors <= left.Errors)
            return diagonal with { Substitutions = diagonal.Substitutions + 1 };
        return above.Errors <= left.Errors
            ? above with { Deletions = above.Deletions + 1 } : left with { Insertions = left.Insertions + 1 };
    }
}
