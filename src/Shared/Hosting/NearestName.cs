using Ssl.Shared.Scoring;

namespace Ssl.Shared.Hosting;

/// <summary>What somebody who mistyped a name may have meant.</summary>
static class NearestName
{
    const double LargestDistance = 0.5; // edits a character
    const int MostListed = 20;

    /// <summary>Continues "there is no setting X": the nearest name there is, else all of them where they are few.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToArray();
        var nearest = names.MinBy(k => Edits(k, name).Errors);
        if (nearest is not null && Edits(nearest, name).Rate <= LargestDistance)
            return $"; did you mean {nearest}?";
        return names.Length is > 0 and <= MostListed ? $"; there are: {string.Join(", ", names)}" : "";
    }

    static ErrorCounts Edits(string known, string name) => ErrorRate.Characters(known.ToLowerInvariant(), name.ToLowerInvariant());
}
