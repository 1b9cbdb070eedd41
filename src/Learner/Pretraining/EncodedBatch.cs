using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>What an encoder made of a batch.</summary>
/// <param name="Features">What the quantiser reads. [B, T, C]</param>
/// <param name="Context">[B, T, H]</param>
/// <param name="Penalty">Mean square of a waveform encoder's features; null for log-mel.</param>
readonly record struct EncodedBatch(Tensor Features, Tensor Context, Tensor? Penalty);
