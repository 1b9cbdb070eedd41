namespace Ssl.Transcriber.Serving.Limits;

/// <summary>A limit that a caller is over.</summary>
/// <param name="Caller">E.g. <c>key ann</c>.</param>
/// <param name="Per">E.g. <c>requests per minute</c>.</param>
/// <param name="RetryAfter">When the same may be accepted.</param>
sealed record LimitExceeded(LimitKind Kind, string Caller, string Per, int Limit, TimeSpan RetryAfter)
{
    /// <summary>In the words of OpenAI's errors.</summary>
    public string Message =>
        $"Rate limit reached for {Caller} on {Per}: Limit {Limit}. Please try again in {RateLimitText.Of(RetryAfter)}.";
}
