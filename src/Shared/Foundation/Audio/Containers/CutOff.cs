using System.Globalization;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>A recording whose end is missing.</summary>
/// <param name="MissingShare">0 to 1; null where nothing tells it.</param>
/// <param name="Evidence">What shows it.</param>
sealed record CutOff(double? MissingShare, string Evidence)
{
    /// <summary>Promised and present in the same unit.</summary>
    public static CutOff Of(double promised, double present, string unit) => new(1 - present / promised,
        string.Create(CultureInfo.InvariantCulture, $"{present:0.##} of {promised:0.##} {unit} are there"));

    public override string ToString() => MissingShare is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"{share:0.0%} of the audio is missing: {Evidence}")
        : $"the end of the audio is missing, how much is unknown: {Evidence}";
}
