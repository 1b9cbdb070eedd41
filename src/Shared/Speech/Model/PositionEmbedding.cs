namespace Ssl.Shared.Speech.Model;

/// <summary>How the conformer's attention knows where a frame stands (transformers: <c>position_embeddings_type</c>).</summary>
public enum PositionEmbedding
{
    /// <summary>Not at all: the depthwise convolutions carry the order.</summary>
    None,

    /// <summary>Rotary (arXiv 2104.09864), on queries and keys.</summary>
    Rotary,

    /// <summary>A learned vector a distance, clamped left and right (w2v-BERT 2.0).</summary>
    RelativeKey,
}
