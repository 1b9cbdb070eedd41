using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>What is new about an utterance that is being spoken; seconds count from its start.</summary>
/// <param name="Words">Words that follow those given before and do not change any more.</param>
/// <param name="Open">Words after them that later audio may change.</param>
public sealed record LiveText(IReadOnlyList<TranscribedWord> Words, IReadOnlyList<TranscribedWord> Open);
