namespace Ssl.Shared.Speech.Model;

/// <summary>Position embedding of the conformer's attention (transformers: <c>position_embeddings_type</c>).</summary>
public enum PositionEmbedding
{
    /// <summary>None: only the depthwise convolutions depend on the order of frames.</summary>
    None,

    /// <summary>Rotary (arXiv 2104.09864), on queries and keys.</summary>
    Rotary,

    /// <summary>Sinusoids of the distance with learned biases (Transformer-XL, arXiv 1901.02860).</summary>
    Relative,

    /// <summary>A learned vector for each distance, clamped left and right (w2v-BERT 2.0).</summary>
    RelativeKey,
}
