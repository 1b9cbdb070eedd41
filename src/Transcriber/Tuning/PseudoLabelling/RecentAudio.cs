using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>The latest recordings without labels that may enter training, each once.</summary>
/// <param name="seconds">As much audio as is wished for, about.</param>
delegate IReadOnlyList<Utterance> RecentAudio(double seconds, CancellationToken ct);
