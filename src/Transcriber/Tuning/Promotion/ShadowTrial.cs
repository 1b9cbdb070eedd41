using System.Globalization;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Live audio as the last judge before a promotion: a candidate that passed the gate waits in the champion's shadow until the servers have
/// compared enough of their texts (<see cref="ShadowRecord"/>, all replicas together), for a limited time. Used by one thread.
/// </summary>
/// <param name="isOn">Whether servers give the candidate a share of the requests.</param>
sealed class ShadowTrial(ModelRegistry registry, GateOptions options, bool isOn, TimeProvider clock, ILogger<ShadowTrial> logger)
{
    const string Begun = "passed the gate, and waits in the champion's shadow: ";
    const double MaxEmptyShare = 0.2; // of the texts, as in the watch after a promotion
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    readonly ShadowRecords records = new(registry);

    /// <summary>
    /// A candidate whose trial a former term or process began and did not end, and whose champion nobody has moved since; null: there is
    /// none.
    /// </summary>
    public ModelManifest? Unfinished(IReadOnlyDictionary<string, AliasEntry> aliases) =>
        aliases.GetValueOrDefault(ModelId.Candidate) is { } trial && trial.Why.StartsWith(Begun, StringComparison.Ordinal)
            && registry.Find(ModelKind.Recognizer, trial.Number) is { Gate: not null } candidate
            && aliases.GetValueOrDefault(ModelId.Champion) is { } champion
            && champion.Number == candidate.Parent && champion.When <= trial.When ? candidate : null;

    /// <summary>Returns at once where no server compares, or nothing can be compared: other lines, a first or a broken champion.</summary>
    /// <param name="judgedAgainst">The aliases when the champion was loaded for the gate; a trial ends where it is moved or pinned.</param>
    /// <param name="beat">Called with every sign of life.</param>
    public ShadowFinding Run(
        ModelManifest candidate, IReadOnlyDictionary<string, AliasEntry> judgedAgainst, WriterEpoch epoch, Action beat,
        CancellationToken ct)
    {
        if (!isOn || options.MaxShadowWait <= TimeSpan.Zero || candidate.Line is not null
            || candidate.Gate is not { ReplacesBroken: false } gate || candidate.Parent is not { } champion
            || judgedAgainst.GetValueOrDefault(ModelId.Champion)?.Number != champion)
            return ShadowFinding.None;
        var until = BeganAt(candidate, gate, epoch) + options.MaxShadowWait;
        while (true)
        {
            beat();
            ct.ThrowIfCancellationRequested();
            var (record, ends) = Look(candidate.Number, champion, judgedAgainst);
            if (record?.Spoken >= options.MinShadowRecordings)
                return Judge(record, gate.Sets[0]);
            var left = until - clock.GetUtcNow();
            if (ends || left <= TimeSpan.Zero)
                return new ShadowFinding(
                    null, $"in the champion's shadow only {record?.Spoken ?? 0} live recordings with words, too few to judge by");
            ct.WaitHandle.WaitOne(left < LookEvery ? left : LookEvery);
        }
    }

    /// <summary>Of the process that began the trial.</summary>
    DateTimeOffset BeganAt(ModelManifest candidate, GateReport gate, WriterEpoch epoch)
    {
        if (registry.Aliases().GetValueOrDefault(ModelId.Candidate) is { } begun && begun.Number == candidate.Number
            && begun.Why.StartsWith(Begun, StringComparison.Ordinal))
            return begun.When;
        registry.MoveAlias(ModelId.Candidate, candidate.Number, epoch, Begun + gate.Why);
        logger.InShadow(candidate.Number, candidate.Parent!.Value, options.MaxShadowWait, options.MinShadowRecordings);
        return clock.GetUtcNow();
    }

    /// <summary>A registry that does not answer is asked again.</summary>
    (ShadowRecord? Record, bool Ends) Look(int candidate, int champion, IReadOnlyDictionary<string, AliasEntry> judgedAgainst)
    {
        try
        {
            var now = registry.Aliases();
            return (records.All().GetValueOrDefault(candidate) is { } record && record.Champion == champion ? record : null,
                now.ContainsKey(ModelId.Pin)
                || now.GetValueOrDefault(ModelId.Champion) != judgedAgainst.GetValueOrDefault(ModelId.Champion));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or InvalidDataException)
        {
            logger.AliasesUnreadable(e.Message);
            return (null, false);
        }
    }

    /// <param name="gate">Both their errors on the gate set: how much they may differ on other audio.</param>
    ShadowFinding Judge(ShadowRecord record, GateFigures gate)
    {
        var allowed = gate.WordErrorRate + (gate.ChampionWordErrorRate ?? 0) + options.MaxDisagreement;
        var found = string.Create(CultureInfo.InvariantCulture, $"in the champion's shadow, on {record.Spoken} live recordings with words: "
            + $"word error between the two {record.Disagreement:0.000} ({allowed:0.000} allowed), {record.Empty} of its texts empty");
        return new ShadowFinding(
            record.Empty > MaxEmptyShare * record.Spoken || record.Disagreement > allowed ? $"held: {found}" : null, found);
    }
}

/// <summary>What live audio says of a candidate.</summary>
/// <param name="Against">Why it is held; null: it is not.</param>
/// <param name="InWords">For the operator; null: it was not in the shadow.</param>
sealed record ShadowFinding(string? Against, string? InWords)
{
    public static ShadowFinding None { get; } = new(null, null);
}
