using Ssl.Learner.Health;

namespace Ssl.Learner;

/// <summary>Log lines of the Learner (ids 3000 to 3999).</summary>
static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "New run from {Encoder}, seed {Seed}, on {Device} with {Threads} threads")]
    public static partial void Begins(this ILogger logger, string encoder, int seed, string device, int threads);

    [LoggerMessage(3001, LogLevel.Information, "Continuing the run from {Path}: step {Step}, {Hours:0.00} h heard")]
    public static partial void Continues(this ILogger logger, string path, long step, double hours);

    [LoggerMessage(3002, LogLevel.Warning, "Replay store: cut off {Bytes} bytes of an incomplete append; it will be delivered again")]
    public static partial void ReplayRepaired(this ILogger logger, long bytes);

    [LoggerMessage(3003, LogLevel.Information, "Waiting for audio: the replay store holds {Seconds:0} of {Needed:0} s")]
    public static partial void WaitsForAudio(this ILogger logger, double seconds, double needed);

    [LoggerMessage(3004, LogLevel.Information, "Step {Step}, {Hours:0.00} h heard, {Speed:0} audio s/s: "
        + "contrastive {Contrastive:0.00} (accuracy {ContrastiveAccuracy:0.00}), "
        + "masked prediction {MaskedPrediction:0.00} (accuracy {MaskedPredictionAccuracy:0.000}), "
        + "{Perplexity:0} codes, {Health}")]
    public static partial void Progress(
        this ILogger logger, long step, double hours, double speed, double contrastive, double contrastiveAccuracy,
        double maskedPrediction, double maskedPredictionAccuracy, double perplexity, HealthState health);

    [LoggerMessage(3005, LogLevel.Warning, "Checkpoint {Path} is damaged ({Reason}); using the one before it")]
    public static partial void CheckpointDamaged(this ILogger logger, string path, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "Training was {Before}, is {Now}")]
    public static partial void HealthChanged(this ILogger logger, HealthState before, HealthState now);

    [LoggerMessage(
        3007, LogLevel.Error, "Training is {Health} at step {Step}: returning to the checkpoint of step {Checkpoint} (rewind {Rewinds})")]
    public static partial void Rewound(this ILogger logger, HealthState health, long step, long checkpoint, int rewinds);

    [LoggerMessage(3008, LogLevel.Information, "Encoder version {Number} published: step {Step}, {Hours:0.00} h heard")]
    public static partial void Published(this ILogger logger, int number, long step, double hours);

    [LoggerMessage(3009, LogLevel.Warning, "An encoder version is due but not published: training is {Health}")]
    public static partial void NotPublished(this ILogger logger, HealthState health);

    [LoggerMessage(3010, LogLevel.Warning, "Encoder version {Number} could not be announced: {Reason}; retrying")]
    public static partial void AnnouncementFailed(this ILogger logger, int number, string reason);

    [LoggerMessage(3012, LogLevel.Information, "Stopped at step {Step}, {Hours:0.00} h heard; checkpoint saved")]
    public static partial void Stopped(this ILogger logger, long step, double hours);
}
