using Ssl.Shared.Audio;

namespace Ssl.Ingest.Clips;

/// <summary>Why a message cannot become segments.</summary>
sealed record Refusal(RejectReason Reason, string Detail);
