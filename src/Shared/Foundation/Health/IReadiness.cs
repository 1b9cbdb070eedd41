namespace Ssl.Shared.Foundation.Health;

/// <summary>A part of a service that must be ready before the service takes work (<c>/health/ready</c>).</summary>
public interface IReadiness
{
    string Name { get; }

    /// <summary>Null when ready, else what is waited for.</summary>
    string? WaitingFor { get; }
}
