namespace Ssl.Shared.Foundation.Audio;

/// <summary>A piece of a stream.</summary>
/// <param name="Start">Sample of the stream (of each channel) at which it begins.</param>
/// <param name="Samples">At the stream's rate, channels interleaved; silence is added where the stream had less than 1 s.</param>
/// <param name="End">Sample of the stream at which the next piece may begin.</param>
public sealed record CutSegment(long Start, short[] Samples, long End);
