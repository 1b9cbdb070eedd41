namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// Moves the champion of a line of recognizers. Champion and previous champion move together, in one compare-and-set. A pin keeps the gate
/// and operators from promoting another version; a roll-back takes it along. Thread-safe.
/// </summary>
/// <param name="line">See <see cref="ModelId"/>.</param>
public sealed class Champion(ModelRegistry registry, string line = ModelId.DefaultLine)
{
    const int MaxMarks = 20; // of withdrawn versions; a named version is not pruned

    readonly string champion = ModelId.KeyOf(line, ModelId.Champion);
    readonly string previous = ModelId.KeyOf(line, ModelId.Previous);
    readonly string candidate = ModelId.KeyOf(line, ModelId.Candidate);
    readonly string pin = ModelId.KeyOf(line, ModelId.Pin);

    /// <summary>Promotes a candidate that passed the gate.</summary>
    /// <param name="judgedAgainst">The aliases when the champion was loaded for the comparison.</param>
    /// <param name="compared">The version it was compared with, which becomes <c>previous</c>; not the champion if that is damaged.</param>
    /// <param name="reason">Why it was not promoted: the champion is pinned, or was moved or pinned since.</param>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was moved.</exception>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public bool TryPromote(
        int number, int? compared, IReadOnlyDictionary<string, AliasEntry> judgedAgainst, WriterEpoch epoch, string why, out string reason)
    {
        var refusal = "";
        var promoted = registry.Move(epoch, now =>
            (refusal = Refusal(number, judgedAgainst, now)).Length > 0 ? null : Promotion(now, number, compared, why));
        reason = refusal;
        return promoted;
    }

    /// <summary>
    /// Lets the champion before this one serve again because live answers of this one are bad, and marks it: the gate cannot promote it
    /// again (<see cref="ModelId.WithdrawnKey"/>), and no other name stands for it.
    /// </summary>
    /// <param name="number">The version that is to be the champion no longer.</param>
    /// <returns>Why it was not: it is pinned, or not the champion any more, or there was none before it; null: it was.</returns>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was moved.</exception>
    public string? Withdraw(int number, WriterEpoch epoch, string why) => Unless(
        epoch,
        now => Number(now, champion) is var current && current != number
                ? $"the champion has become {current?.ToString() ?? "none"}: {now.GetValueOrDefault(champion)?.Why}"
            : now.GetValueOrDefault(pin) is { } held ? $"recognizer {held.Number} is pinned by {held.Who}: {held.Why}"
            : Number(now, previous) is null ? "there was no champion before it" : null,
        now => Withdrawal(now, number, Number(now, previous)!.Value, why));

    /// <summary>
    /// Marks a candidate that passed the gate and that live audio speaks against, as a withdrawn one: the gate cannot promote it any more.
    /// It stays the candidate. Nothing is done where an operator has promoted it meanwhile.
    /// </summary>
    /// <returns>False: an operator has.</returns>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was moved.</exception>
    public bool Hold(int number, WriterEpoch epoch, string why) => registry.Move(epoch, now => Number(now, champion) == number ? null
        : [new AliasMove(candidate, number, why), new AliasMove(ModelId.WithdrawnKey(number), number, why), .. OldMarks(now)]);

    /// <summary>Promotes a version because an operator says so; also one that was withdrawn, whose mark is taken off.</summary>
    /// <returns>Why it was not: another version is pinned; null: it was.</returns>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was moved.</exception>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public string? Promote(int number, WriterEpoch epoch, string why) =>
        Unless(epoch, now => Held(now, number), now => Promotion(now, number, Number(now, champion), why));

    /// <summary>Lets the champion before this one serve again; this one becomes <c>previous</c>.</summary>
    /// <returns>Its number; null: there is none to go back to.</returns>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was moved.</exception>
    public int? RollBack(WriterEpoch epoch, string why)
    {
        int? target = null;
        registry.Move(epoch, now =>
            (target = Number(now, previous)) is { } number ? Promotion(now, number, Number(now, champion), why) : null);
        return target;
    }

    /// <summary>Lets a version be the champion until it is unpinned.</summary>
    /// <inheritdoc cref="Promote"/>
    public string? Pin(int number, WriterEpoch epoch, string why) => Unless(epoch, now => Held(now, number), now =>
        [
            .. Number(now, champion) == number ? [] : Promotion(now, number, Number(now, champion), why).Where(m => m.Alias != pin),
            new AliasMove(pin, number, why),
        ]);

    /// <summary>Lets the gate move the champion again; false: it was not pinned.</summary>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was moved.</exception>
    public bool Unpin(WriterEpoch epoch, string why) =>
        registry.Move(epoch, now => now.ContainsKey(pin) ? [new AliasMove(pin, null, why)] : null);

    /// <returns>The refusal; null: moved.</returns>
    string? Unless(
        WriterEpoch epoch, Func<IReadOnlyDictionary<string, AliasEntry>, string?> refusal,
        Func<IReadOnlyDictionary<string, AliasEntry>, IReadOnlyList<AliasMove>> moves)
    {
        string? refused = null;
        registry.Move(epoch, now => (refused = refusal(now)) is null ? moves(now) : null);
        return refused;
    }

    string? Held(IReadOnlyDictionary<string, AliasEntry> now, int number) =>
        now.GetValueOrDefault(pin) is { } held && held.Number != number
            ? $"recognizer {held.Number} is pinned by {held.Who}: {held.Why}; unpin it first" : null;

    string Refusal(int number, IReadOnlyDictionary<string, AliasEntry> then, IReadOnlyDictionary<string, AliasEntry> now)
    {
        if (now.GetValueOrDefault(ModelId.WithdrawnKey(number)) is { } withdrawn)
            return $"recognizer {number} was withdrawn: {withdrawn.Why}";
        if (now.GetValueOrDefault(pin) is { } held)
            return $"recognizer {held.Number} is pinned: {held.Why}";
        if (then.ContainsKey(pin))
            return "the champion's pin was removed since the candidate was judged";
        return now.GetValueOrDefault(champion) is var current && current != then.GetValueOrDefault(champion)
            ? $"the champion has become {current?.Number.ToString() ?? "none"} since the candidate was judged: {current?.Why}"
            : "";
    }

    List<AliasMove> Promotion(IReadOnlyDictionary<string, AliasEntry> now, int number, int? former, string why)
    {
        var moves = new List<AliasMove>();
        // An operator may have removed the former champion from the registry; its successor is promoted all the same.
        if (former is { } before && before != number && registry.Find(ModelKind.Recognizer, before) is not null)
            moves.Add(new AliasMove(previous, before, $"was champion before {number}"));
        moves.Add(new AliasMove(champion, number, why));
        if (now.ContainsKey(ModelId.WithdrawnKey(number)))
            moves.Add(new AliasMove(ModelId.WithdrawnKey(number), null, why));
        if (now.ContainsKey(pin))
            moves.Add(new AliasMove(pin, number, why));
        return moves;
    }

    List<AliasMove> Withdrawal(IReadOnlyDictionary<string, AliasEntry> now, int number, int former, string why)
    {
        var moves = new List<AliasMove>
        {
            new(champion, former, $"recognizer {number} was withdrawn: {why}"),
            new(previous, null, $"{former} is champion again"),
            new(ModelId.WithdrawnKey(number), number, why),
        };
        if (Number(now, candidate) == number)
            moves.Add(new AliasMove(candidate, null, $"recognizer {number} was withdrawn"));
        moves.AddRange(OldMarks(now));
        return moves;
    }

    static IEnumerable<AliasMove> OldMarks(IReadOnlyDictionary<string, AliasEntry> now) =>
        now.Where(a => a.Key.StartsWith(ModelId.WithdrawnPrefix, StringComparison.Ordinal)).OrderBy(a => a.Value.Number)
            .SkipLast(MaxMarks - 1).Select(a => new AliasMove(a.Key, null, "there are newer ones"));

    static int? Number(IReadOnlyDictionary<string, AliasEntry> aliases, string key) => aliases.GetValueOrDefault(key)?.Number;
}

/// <summary>What an alias is to stand for.</summary>
/// <param name="Number">Null: for nothing any more.</param>
sealed record AliasMove(string Alias, int? Number, string Why);
