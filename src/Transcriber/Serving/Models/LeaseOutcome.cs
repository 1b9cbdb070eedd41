namespace Ssl.Transcriber.Serving.Models;

/// <summary>A lease of the version asked for, or why there is none.</summary>
readonly record struct LeaseOutcome(ModelLease? Lease, LeaseRefusal Refusal, string? Reason)
{
    public static LeaseOutcome Of(ModelLease lease) => new(lease, LeaseRefusal.None, null);

    public static LeaseOutcome NotReady => new(null, LeaseRefusal.NotReady, "no recognizer has been trained yet");

    public static LeaseOutcome Unknown(string id) => new(null, LeaseRefusal.Unknown, $"the model '{id}' does not exist");

    public static LeaseOutcome Broken(string reason) => new(null, LeaseRefusal.Broken, reason);
}
