using Ssl.Shared.Foundation.Health;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>Ready: a warmed recognizer serves.</summary>
sealed class ServingReadiness(ServingSlot slot) : IReadiness
{
    public string Name => "transcriber";

    public string? WaitingFor => slot.IsFilled ? null : "the first recognizer";
}
