using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>The latest recordings without labels that may enter training, each once.</summary>
delegate IReadOnlyList<Utterance> RecentAudio(CancellationToken ct);
