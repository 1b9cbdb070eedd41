using Ssl.Shared.Speech.Model;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Input of one update.</summary>
/// <param name="Labels">Label numbers of each row.</param>
/// <param name="Recordings">Features of each row that words may be spliced from, [T, C], or [S] of a waveform; null: spliced itself, or too seldom used.</param>
/// <param name="MaxAudioSeconds">What the batch was allowed to hold; sets the learning rate.</param>
sealed record TrainingBatch(SpeechBatch Speech, IReadOnlyList<int[]> Labels, IReadOnlyList<Tensor?> Recordings, double MaxAudioSeconds);
