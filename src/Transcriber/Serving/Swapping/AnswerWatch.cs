using Prometheus;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Telemetry;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Watching;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>
/// After a promotion, compares live answers with those of the former champion. Outside their bounds the former champion serves again, and
/// the version is marked in the registry. Each replica watches its own answers; the first to act decides for all.
/// </summary>
sealed class AnswerWatch(
    AnswerLog answers, ServingSlots slots, ChampionSwap swap, ModelRegistry registry, WatchOptions options, TimeProvider clock,
    ILogger<AnswerWatch> logger)
{
    const string Writer = "watch";
    const int NowAnswers = 100; // latest ones, which are compared
    const int FormerAnswers = 1000;
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    readonly Counter rollBacks = ServingMetrics.RollBacks.AtZero(BoundFault.All);
    readonly Dictionary<string, int> serving = []; // by line
    readonly Dictionary<string, Promotion> watched = []; // by line

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(ct))
            Look();
    }

    /// <summary>Compares once. Called by one thread.</summary>
    internal void Look()
    {
        foreach (var line in slots.Lines)
        {
            if (slots.Of(line)?.Number is { } number && number != serving.GetValueOrDefault(line))
                Swapped(line, number);
            if (watched.GetValueOrDefault(line) is { } promotion && clock.GetElapsedTime(promotion.Since) < options.Period
                && AnswerBounds.Outside(answers.Latest(promotion.Number, NowAnswers), promotion.FormerAnswers) is { } fault
                && TryWithdraw(line, promotion, fault))
                watched.Remove(line);
        }
    }

    /// <summary>Only a newer version is watched: an operator who rolls back knows why.</summary>
    void Swapped(string line, int number)
    {
        watched.Remove(line);
        if (serving.TryGetValue(line, out var former) && number > former)
            watched[line] = new Promotion(number, former, answers.Latest(former, FormerAnswers), clock.GetTimestamp());
        serving[line] = number;
    }

    /// <returns>False: it is to be tried again.</returns>
    bool TryWithdraw(string line, Promotion promotion, BoundFault fault)
    {
        try
        {
            var epoch = registry.AcquireEpoch(Writer);
            if (new Champion(registry, line).Withdraw(promotion.Number, epoch, fault.Why) is { } refusal)
                logger.NotWithdrawn(promotion.Number, fault.Why, refusal);
            else
            {
                rollBacks.WithLabels(fault.Bound).Inc();
                logger.Withdrawn(promotion.Number, fault.Why, promotion.Former);
            }
            swap.Follow();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or InvalidDataException
            or StaleEpochException)
        {
            logger.NotWithdrawn(promotion.Number, fault.Why, e.Message);
            return false;
        }
    }

    sealed record Promotion(int Number, int Former, AnswerFigures FormerAnswers, long Since);
}
