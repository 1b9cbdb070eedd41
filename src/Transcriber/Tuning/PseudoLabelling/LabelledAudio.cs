using System.Runtime.InteropServices;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>
/// Recognises sample-exact copies of labelled recordings in a stream, whole or cut as Ingest cuts (on frames of 10 ms): a true label needs no other,
/// and held-out audio must not enter training.
/// </summary>
sealed class LabelledAudio
{
    const int FrameSamples = 160;
    const int MinCommonFrames = 5; // different recordings hardly share one, except silence
    const int MinPeak = 64; // quieter frames may be equal everywhere

    readonly HashSet<int> frames = [];

    public LabelledAudio(IEnumerable<Utterance> recordings)
    {
        foreach (var recording in recordings)
            frames.UnionWith(Frames(recording.Samples));
    }

    public bool Holds(Utterance segment) => Frames(segment.Samples).Where(frames.Contains).Take(MinCommonFrames).Count() == MinCommonFrames;

    static IEnumerable<int> Frames(ReadOnlyMemory<short> samples)
    {
        for (var first = 0; first + FrameSamples <= samples.Length; first += FrameSamples)
        {
            var frame = samples.Slice(first, FrameSamples);
            if (IsLoud(frame.Span))
                yield return Hash(frame.Span);
        }
    }

    static int Hash(ReadOnlySpan<short> frame)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(frame));
        return hash.ToHashCode();
    }

    static bool IsLoud(ReadOnlySpan<short> frame) => frame.ContainsAnyExceptInRange<short>(-MinPeak, MinPeak);
}
