namespace Ssl.Shared.Speech.Model;

/// <summary>How the convolutions on the waveform are normalised (transformers: <c>feat_extract_norm</c>).</summary>
public enum FeatureNorm
{
    /// <summary>Each channel of the first convolution, over the whole utterance (Base).</summary>
    Group,

    /// <summary>Each frame of every convolution, over its channels (Large).</summary>
    Layer,
}
