using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Labels;

/// <summary>A recording, or a part of one, in memory.</summary>
/// <param name="Id">Of a file, its path as in the manifest; of a segment of a stream, the segment's id.</param>
/// <param name="Samples">16 kHz mono PCM16.</param>
public record Utterance(string Id, ReadOnlyMemory<short> Samples)
{
    public double DurationSeconds => AudioFormat.SecondsOf(Samples.Length);
}
