namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>A segment that is proposed to be labelled.</summary>
/// <param name="Score">0 to 1: how unsure of it the recognizers are, and how much it adds to what is labelled and chosen before it.</param>
/// <param name="Reason">For people.</param>
sealed record Proposal(UnlabelledSegment Segment, double Score, string Reason);
