using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>A segment with its audio; its sender lets it be trained on.</summary>
/// <param name="Samples">16 kHz mono PCM16.</param>
sealed record StreamSegment(SegmentId Id, ReadOnlyMemory<short> Samples)
{
    public double Seconds => AudioFormat.SecondsOf(Samples.Length);
}
