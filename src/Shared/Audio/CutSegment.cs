namespace Ssl.Shared.Audio;

/// <summary>A piece of a stream.</summary>
/// <param name="Start">Sample of the stream, at 16 kHz, at which it begins.</param>
/// <param name="Samples">16 kHz mono.</param>
public sealed record CutSegment(long Start, short[] Samples);
