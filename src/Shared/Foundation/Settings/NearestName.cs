namespace Ssl.Shared.Foundation.Settings;

/// <summary>What somebody who mistyped a name may have meant.</summary>
public static class NearestName
{
    const double MaxEditRate = 0.5; // edits per character
    const int MaxListed = 20;

    /// <summary>Continues "there is no setting X": the nearest name there is, else all of them where they are few.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToArray();
        var nearest = names.MinBy(k => Edits(k, name));
        if (nearest is not null && Edits(nearest, name) <= MaxEditRate * nearest.Length)
            return $"; did you mean {nearest}?";
        return names.Length is > 0 and <= MaxListed ? $"; there are: {string.Join(", ", names)}" : "";
    }

    /// <summary>Levenshtein distance, upper and lower case being equal.</summary>
    static int Edits(string known, string name)
    {
        var row = Enumerable.Range(0, name.Length + 1).ToArray();
        for (var i = 0; i < known.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < name.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(known[i]) == char.ToLowerInvariant(name[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(diagonal, row[j]) + 1);
            }
        }
        return row[^1];
    }
}
