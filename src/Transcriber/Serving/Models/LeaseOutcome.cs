using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>A lease of the requested version, or why there is none: no version has this name, or it does not serve (yet).</summary>
/// <param name="IsBusy">It may be there as soon as others are no longer used.</param>
readonly record struct LeaseOutcome(ModelLease? Lease, string Reason = "", bool IsUnknown = false, bool IsBusy = false)
{
    public static LeaseOutcome NotReady => new(null, "no recognizer has been trained yet");
    public static LeaseOutcome Stopping => new(null, "the service is stopping");
    public static LeaseOutcome Unknown(string id) => new(null, $"the model '{id}' does not exist", IsUnknown: true);
    public static LeaseOutcome Failed(int number, string reason) =>
        new(null, $"the model '{ModelId.Of(number)}' cannot be loaded: {reason}");
    public static LeaseOutcome Busy(int number) => new(null,
        $"there is no memory for the model '{ModelId.Of(number)}' while others are used (Transcriber:Serving:OtherVersionsBytes)",
        IsBusy: true);
}
