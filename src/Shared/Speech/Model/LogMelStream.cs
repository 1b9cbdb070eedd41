using System.Runtime.InteropServices;

namespace Ssl.Shared.Speech.Model;

/// <summary>Log-mel rows of an utterance while it is spoken; each is computed once.</summary>
sealed class LogMelStream(LogMelExtractor extractor, RunningNorm norm) : FeatureStream(norm)
{
    readonly List<float> samples = []; // those of the next window, and after
    readonly int bins = extractor.Bins;
    readonly int stride = extractor.StackedFrames;

    public override int Frames => Count / (bins * stride);

    public override void Push(ReadOnlySpan<short> block)
    {
        foreach (var sample in block)
            samples.Add(sample);
        if (samples.Count < LogMelExtractor.WindowSamples)
            return;
        var windows = (samples.Count - LogMelExtractor.WindowSamples) / LogMelExtractor.HopSamples + 1;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var waveform = tensor(CollectionsMarshal.AsSpan(samples).ToArray());
        Add(MemoryMarshal.Cast<byte, float>(extractor.LogMel(waveform).contiguous().bytes)); // [F, bins]
        samples.RemoveRange(0, windows * LogMelExtractor.HopSamples);
    }

    public override Tensor Window(int first) =>
        tensor(Read(StartOf(first), StartOf(Frames)), [Frames - first, stride * bins]); // [T, C]

    protected override int StartOf(int frame) => frame * stride * bins;
}
