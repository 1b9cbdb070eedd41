using Ssl.Learner.Replay;

namespace Ssl.Learner.Batching;

/// <summary>A part of a stored segment, from <paramref name="FirstSample"/> on; all crops of a step have one length.</summary>
readonly record struct Crop(StoredSegment Segment, int FirstSample);
