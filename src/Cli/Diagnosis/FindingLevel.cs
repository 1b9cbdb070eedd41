namespace Ssl.Cli.Diagnosis;

/// <summary>How much a <see cref="Finding"/> matters.</summary>
enum FindingLevel
{
    Ok,
    /// <summary>Something is absent or unusual; the services run.</summary>
    Warning,
    /// <summary>A service does not start, or loses what it should keep.</summary>
    Fault,
}
