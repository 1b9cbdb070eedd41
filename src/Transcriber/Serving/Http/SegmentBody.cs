namespace Ssl.Transcriber.Serving.Http;

/// <summary>A segment of <c>verbose_json</c>; seconds from the start.</summary>
/// <param name="AvgLogprob">Log of the mean probability of the best labels of the whole recording.</param>
sealed record SegmentBody(int Id, double Start, double End, string Text, double AvgLogprob);
