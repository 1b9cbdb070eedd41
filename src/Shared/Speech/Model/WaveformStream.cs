namespace Ssl.Shared.Speech.Model;

/// <summary>The waveform of an utterance while it is spoken.</summary>
sealed class WaveformStream(Wav2Vec2Config config, RunningNorm norm) : FeatureStream(norm)
{
    readonly int frameSamples = (int)config.FrameSamples;

    public override int Frames => (int)config.FramesOf(Count);

    public override void Push(ReadOnlySpan<short> samples)
    {
        var block = new float[samples.Length];
        for (var i = 0; i < block.Length; i++)
            block[i] = samples[i] / WaveformExtractor.FullScale;
        Add(block);
    }

    public override Tensor Window(int first) => tensor(Read(StartOf(first), Count, config.NormaliseInput)); // [S]

    protected override int StartOf(int frame) => frame * frameSamples;
}
