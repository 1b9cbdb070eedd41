namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Names of the scores in a recognizer's manifest.</summary>
static class ScoreNames
{
    public const string CharacterErrorRate = "cer";
    public const string WordErrorRate = "wer";

    /// <summary>Of the champion of that time, on the same recordings.</summary>
    public const string ChampionCharacterErrorRate = "champion_cer";

    public const string ChampionWordErrorRate = "champion_wer";
    public const string HeldOutRecordings = "held_out_recordings";
    public const string HeldOutSeconds = "held_out_seconds";

    /// <summary>Audio with pseudo-labels that it was trained on.</summary>
    public const string PseudoLabelSeconds = "pseudo_label_seconds";

    public const string FineTuningUpdates = "fine_tuning_updates";

    /// <summary>Audio trained on, repetitions counted.</summary>
    public const string FineTuningAudioSeconds = "fine_tuning_audio_seconds";

    public const string FineTuningSeconds = "fine_tuning_seconds";
    public const string FineTuningLoss = "fine_tuning_loss";
}
