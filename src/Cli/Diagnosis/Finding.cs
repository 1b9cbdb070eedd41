namespace Ssl.Cli.Diagnosis;

/// <summary>What one check found.</summary>
/// <param name="Check">Name of what was looked at, e.g. <c>broker</c>.</param>
/// <param name="Remedy">What to do; null: nothing.</param>
sealed record Finding(string Check, FindingLevel Level, string Text, string? Remedy = null)
{
    public static Finding Ok(string check, string text) => new(check, FindingLevel.Ok, text);
    public static Finding Warning(string check, string text, string remedy) => new(check, FindingLevel.Warning, text, remedy);
    public static Finding Fault(string check, string text, string remedy) => new(check, FindingLevel.Fault, text, remedy);
}
