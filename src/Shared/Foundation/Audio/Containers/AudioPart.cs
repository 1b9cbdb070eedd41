namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>A file that libsndfile reads to its end: one of those that were joined, with sizes in its header that are true.</summary>
/// <param name="CutOff">What is missing of it; null where nothing is.</param>
/// <param name="PromisedFrames">Frames that its header promised, where libsndfile is not told; 0: unknown.</param>
sealed record AudioPart(ReadOnlyMemory<byte> Bytes, CutOff? CutOff = null, long PromisedFrames = 0);
