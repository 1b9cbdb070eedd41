namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>A segment that is proposed to be labelled.</summary>
/// <param name="Score">0 to 1, among what could be chosen at this step.</param>
/// <param name="Reason">For people.</param>
sealed record Proposal(UnlabelledSegment Segment, double Score, string Reason);
