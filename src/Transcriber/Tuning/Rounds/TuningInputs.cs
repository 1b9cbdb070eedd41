using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber.Tuning.Rounds;

/// <summary>What a round starts from; read only, everything stays with the caller.</summary>
/// <param name="Labels">Usable; fitting the encoder's frames (<see cref="LabelledSet.Fitting"/>).</param>
sealed record TuningInputs(SpeechEncoder Encoder, LabelledSet Labels)
{
    /// <summary>Warm start, where it fits; null: the head is new.</summary>
    public FormerRecognizer? Former { get; init; }

    /// <summary>Is scored beside the candidate and makes the pseudo-labels; null: there is none yet.</summary>
    public Transcribe? Champion { get; init; }

    /// <summary>Recordings for pseudo-labels, read only if they are used; null: none.</summary>
    public RecentAudio? Stream { get; init; }
}
