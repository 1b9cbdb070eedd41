using Ssl.Shared.Foundation.Settings;

namespace Ssl.Transcriber.Tuning.Recipes;

/// <summary>Settings that are refused with a hint.</summary>
static class FormerSettings
{
    const string FineTuning = "Transcriber:FineTuning:";
    const string PseudoLabels = "Transcriber:PseudoLabels:";
    const string Serving = "Transcriber:Serving:";

    public static MovedSettings Add(MovedSettings moved) => moved
        .IntoRecipe(
            new FineTuningRecipe().Name,
            [
                .. ((string[])[
                    "Bf16", "LearningRate", "WeightDecay", "BatchAudioSeconds", "LeastUpdates", "LeastBatchAudioSeconds",
                    "HeadOnlyShare", "FreezeFeatureEncoder", "WarmUpShare", "HoldShare", "Dropout", "TimeMaskStarts", "TimeMaskFrames",
                    "ChannelMasks", "ChannelMaskShare", "SpeedChange", "FrequencyWarp", "WordsBelowLoss", "PieceSeconds", "SplicedShare",
                    "SpliceAfterHearings", "SplicedWords", "LetterModelOrder", "MiddleLossShare", "GradientNorm",
                ]).Select(name => FineTuning + name),
                .. ((string[])["KeptShare", "TrueShare", "LeastEpochs", "ListeningShare"]).Select(name => PseudoLabels + name),
            ])
        .Removed(FineTuning + "ResetLayers", "no layer is reset")
        .Removed(FineTuning + "Enabled", "a process with Transcriber:Role=Serve does not fine-tune")
        .Removed(FineTuning + "Seed", "the seed is 0")
        .Removed("Transcriber:Labels:LongestRecording", "recordings of up to 30 s are used")
        .Removed("Transcriber:Labels:HoldOutBy", "speakers are held out whole where labels name five or more, else recordings are")
        .Removed("Transcriber:Labels:RetryEvery", "an unusable manifest is read again every 10 s")
        .Removed("Transcriber:Gate:Tolerance",
            "a candidate has to be significantly better; what it may lose for a part is Transcriber:Gate:MaxSliceLoss")
        .Removed(Serving + "BatchSize", $"{Serving}BatchAudioSeconds alone limits a batch")
        .Removed(Serving + "RetryAfterNoModel", "it is 15 s")
        .Removed(Serving + "RetryAfterQueueFull", "it is 2 s")
        .Removed(Serving + "OtherModels", $"{Serving}OtherVersionsBytes bounds their memory")
        .Removed("Transcriber:Stream:InFlight", "8 segments are in flight")
        .Removed("Transcriber:Stream:RememberedIds", "50,000 ids are remembered")
        .Removed(FineTuning + "WarmStart", "a round always starts from the last recognizer that fits")
        .Renamed(PseudoLabels + "MostAudioSeconds", PseudoLabels + "MaxAudioSeconds");
}
