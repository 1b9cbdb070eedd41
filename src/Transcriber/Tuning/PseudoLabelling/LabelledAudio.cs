using System.Runtime.InteropServices;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>
/// Knows labelled recordings again where the stream has them to the sample, whole or cut as Ingest cuts: what has a true label needs no other, and what is held out must stay unheard by
/// training. Frames of 10 ms are compared, on which cuts fall.
/// </summary>
sealed class LabelledAudio
{
    const int FrameSamples = 160;
    const int FramesInCommon = 5; // two recordings hardly share one that is not silent
    const int LeastPeak = 64; // quieter ones may be the same everywhere

    readonly HashSet<int> frames = [];

    public LabelledAudio(IEnumerable<Utterance> recordings)
    {
        foreach (var recording in recordings)
            frames.UnionWith(Frames(recording.Samples));
    }

    public bool Holds(Utterance segment) => Frames(segment.Samples).Where(frames.Contains).Take(FramesInCommon).Count() == FramesInCommon;

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

    static bool IsLoud(ReadOnlySpan<short> frame) => frame.ContainsAnyExceptInRange<short>(-LeastPeak, LeastPeak);
}
