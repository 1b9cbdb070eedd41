namespace Ssl.Learner.Pretraining;

/// <summary>Output of the quantiser for the masked frames.</summary>
/// <param name="Vectors">Concatenated codevectors of all codebooks. [B, M, G·d]</param>
/// <param name="Codes">Chosen codes. [B, M, G]</param>
/// <param name="Probabilities">softmax of the logits, without noise. [B, M, G, V]</param>
/// <param name="Choices">One-hot of the best code without noise. [B, M, G, V]</param>
readonly record struct QuantisedFrames(Tensor Vectors, Tensor Codes, Tensor Probabilities, Tensor Choices);
