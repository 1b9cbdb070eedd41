namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// Moves the champion of a line of recognizers. Champion and the one before it move together, in one compare-and-set. A pin keeps the
/// gate from moving them, not an operator; it goes along with what an operator moves. Thread-safe.
/// </summary>
/// <param name="line">See <see cref="ModelId"/>.</param>
public sealed class Champion(ModelRegistry registry, string line = ModelId.DefaultLine)
{
    readonly string champion = ModelId.KeyOf(line, ModelId.Champion);
    readonly string previous = ModelId.KeyOf(line, ModelId.Previous);
    readonly string pin = ModelId.KeyOf(line, ModelId.Pin);

    /// <summary>Promotes a candidate that passed the gate.</summary>
    /// <param name="judgedAgainst">The aliases as they stood when the champion was loaded to be compared with.</param>
    /// <param name="compared">The version it was compared with, which becomes <c>previous</c>: after a damaged champion not the one that
    /// the alias names.</param>
    /// <param name="reason">Why it was not promoted: the champion is pinned, or was moved or pinned since.</param>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public bool TryPromote(
        int number, int? compared, IReadOnlyDictionary<string, AliasEntry> judgedAgainst, WriterEpoch epoch, string why, out string reason)
    {
        var refusal = "";
        var promoted = registry.Move(epoch, now =>
        {
            refusal = Refusal(judgedAgainst, now);
            return refusal.Length > 0 ? null : Promotion(now, number, compared, why);
        });
        reason = refusal;
        return promoted;
    }

    /// <summary>Promotes a version because an operator says so.</summary>
    /// <inheritdoc cref="TryPromote"/>
    public void Promote(int number, WriterEpoch epoch, string why) =>
        registry.Move(epoch, now => Promotion(now, number, Number(now, champion), why));

    /// <summary>Lets the champion before this one serve again; this one becomes <c>previous</c>.</summary>
    /// <returns>Its number; null: there is none to go back to.</returns>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    public int? RollBack(WriterEpoch epoch, string why)
    {
        int? target = null;
        registry.Move(epoch, now => (target = Number(now, previous)) is { } number
            ? Promotion(now, number, Number(now, champion), why)
            : null);
        return target;
    }

    /// <summary>Keeps the gate from moving the champion; false: there is none.</summary>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    public bool Pin(WriterEpoch epoch, string why) =>
        registry.Move(epoch, now => Number(now, champion) is { } number ? [new AliasMove(pin, number, why)] : null);

    /// <summary>Lets the gate move the champion again; false: it was not pinned.</summary>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    public bool Unpin(WriterEpoch epoch, string why) =>
        registry.Move(epoch, now => now.ContainsKey(pin) ? [new AliasMove(pin, null, why)] : null);

    string Refusal(IReadOnlyDictionary<string, AliasEntry> then, IReadOnlyDictionary<string, AliasEntry> now)
    {
        if (now.GetValueOrDefault(pin) is { } held)
            return $"recognizer {held.Number} is pinned: {held.Why}";
        if (then.ContainsKey(pin))
            return "the champion's pin was removed since the candidate was judged";
        if (now.GetValueOrDefault(champion) is var current && current != then.GetValueOrDefault(champion))
            return $"the champion has become {current?.Number.ToString() ?? "none"} since the candidate was judged: {current?.Why}";
        return "";
    }

    List<AliasMove> Promotion(IReadOnlyDictionary<string, AliasEntry> now, int number, int? former, string why)
    {
        var moves = new List<AliasMove>();
        // What served may have left the registry meanwhile (an operator's hand); that is no reason not to serve what is better.
        if (former is { } before && before != number && registry.Find(ModelKind.Recognizer, before) is not null)
            moves.Add(new AliasMove(previous, before, $"was champion before {number}"));
        moves.Add(new AliasMove(champion, number, why));
        if (now.ContainsKey(pin))
            moves.Add(new AliasMove(pin, number, why));
        return moves;
    }

    static int? Number(IReadOnlyDictionary<string, AliasEntry> aliases, string key) => aliases.GetValueOrDefault(key)?.Number;
}
