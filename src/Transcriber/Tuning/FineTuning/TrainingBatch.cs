using Ssl.Shared.Speech.Model;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>What one update hears.</summary>
/// <param name="Labels">Label numbers of each row.</param>
/// <param name="Recordings">Features of each row that pieces may be cut from, [T, C], or [S] of a waveform; null for one that was put together of several, or was heard a few times only.</param>
sealed record TrainingBatch(SpeechBatch Speech, IReadOnlyList<int[]> Labels, IReadOnlyList<Tensor?> Recordings);
