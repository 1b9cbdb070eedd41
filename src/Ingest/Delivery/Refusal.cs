using Ssl.Shared.Foundation.Audio;

namespace Ssl.Ingest.Delivery;

/// <summary>Why a message cannot become segments.</summary>
sealed record Refusal(RejectReason Reason, string Detail);
