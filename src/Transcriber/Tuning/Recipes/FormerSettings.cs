using Ssl.Shared.Foundation.Settings;

namespace Ssl.Transcriber.Tuning.Recipes;

/// <summary>Settings that are refused with a hint.</summary>
static class FormerSettings
{
    const string FineTuning = "Transcriber:FineTuning:";
    const string PseudoLabels = "Transcriber:PseudoLabels:";

    public static MovedSettings Add(MovedSettings moved) => moved
        .IntoRecipe(
            new FineTuningRecipe().Name,
            [
                .. ((string[])[
                    "Bf16", "LearningRate", "WeightDecay", "BatchAudioSeconds", "LeastUpdates", "LeastBatchAudioSeconds", "HeadOnlyShare", "FreezeFeatureEncoder",
                    "WarmUpShare", "HoldShare", "Dropout", "TimeMaskStarts", "TimeMaskFrames", "ChannelMasks", "ChannelMaskShare", "SpeedChange", "FrequencyWarp",
                    "WordsBelowLoss", "PieceSeconds", "SplicedShare", "SpliceAfterHearings", "SplicedWords", "LetterModelOrder", "MiddleLossShare", "GradientNorm",
                ]).Select(name => FineTuning + name),
                .. ((string[])["KeptShare", "TrueShare", "LeastEpochs", "ListeningShare"]).Select(name => PseudoLabels + name),
            ])
        .Removed(FineTuning + "ResetLayers", "no layer is reset")
        .Removed(FineTuning + "WarmStart", "a round always starts from the last recognizer that fits")
        .Renamed(PseudoLabels + "MostAudioSeconds", PseudoLabels + "MaxAudioSeconds");
}
