using Ssl.Learner.Health;

namespace Ssl.Learner;

/// <summary>What the Learner logs (ids 3000 to 3999): one line an event that an operator acts on.</summary>
static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "A new run begins with {Encoder}, seed {Seed}, on {Device} with {Threads} threads")]
    public static partial void Begins(this ILogger logger, string encoder, int seed, string device, int threads);

    [LoggerMessage(3001, LogLevel.Information, "The run goes on from {Path}: step {Step}, {Hours:0.00} h heard")]
    public static partial void GoesOn(this ILogger logger, string path, long step, double hours);

    [LoggerMessage(3002, LogLevel.Warning, "Replay store: {Bytes} bytes of a torn append were cut off; the broker delivers them again")]
    public static partial void ReplayRepaired(this ILogger logger, long bytes);

    [LoggerMessage(3003, LogLevel.Information, "Waiting for audio: the replay store holds {Seconds:0} of {Needed:0} s")]
    public static partial void WaitsForAudio(this ILogger logger, double seconds, double needed);

    [LoggerMessage(3004, LogLevel.Information, "Step {Step}, {Hours:0.00} h heard, {Speed:0} audio s/s: "
        + "contrastive {Contrastive:0.00} (right {ContrastiveAccuracy:0.00}), "
        + "masked prediction {MaskedPrediction:0.00} (right {MaskedPredictionAccuracy:0.000}), {Perplexity:0} codes, {Health}")]
    public static partial void Progress(
        this ILogger logger, long step, double hours, double speed, double contrastive, double contrastiveAccuracy,
        double maskedPrediction, double maskedPredictionAccuracy, double perplexity, HealthState health);

    [LoggerMessage(3005, LogLevel.Warning, "Checkpoint {Path} is damaged ({Reason}); the one before it serves")]
    public static partial void CheckpointDamaged(this ILogger logger, string path, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "Training was {Before}, is {Now}")]
    public static partial void HealthChanged(this ILogger logger, HealthState before, HealthState now);

    [LoggerMessage(
        3007, LogLevel.Error, "Training is {Health} at step {Step}: back to the checkpoint of step {Checkpoint} (rewind {Rewinds})")]
    public static partial void Rewound(this ILogger logger, HealthState health, long step, long checkpoint, int rewinds);

    [LoggerMessage(3008, LogLevel.Information, "Encoder version {Number} published: step {Step}, {Hours:0.00} h heard")]
    public static partial void Published(this ILogger logger, int number, long step, double hours);

    [LoggerMessage(3009, LogLevel.Warning, "An encoder version is due but training is {Health}: not published")]
    public static partial void NotPublished(this ILogger logger, HealthState health);

    [LoggerMessage(3010, LogLevel.Warning, "Announcing encoder version {Number}: {Reason}; trying again")]
    public static partial void AnnouncementFailed(this ILogger logger, int number, string reason);

    [LoggerMessage(3011, LogLevel.Warning, "{Topic}/{Partition} at {Offset} is no usable segment: {Reason}")]
    public static partial void Unusable(this ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(3012, LogLevel.Information, "Stopped at step {Step}, {Hours:0.00} h heard; the checkpoint is saved")]
    public static partial void Stopped(this ILogger logger, long step, double hours);

}
