using Ssl.Learner.Replay;

namespace Ssl.Learner.Batching;

/// <summary>A stretch of a stored segment.</summary>
/// <param name="FirstSample">Within the segment, 0 and up.</param>
readonly record struct Crop(StoredSegment Segment, int FirstSample);
