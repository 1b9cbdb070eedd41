using System.Text.RegularExpressions;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// What an operator may do to a line's champion. Each move is one conditional write with who, when and why; services that run on the
/// registry see it within seconds. Thread-safe.
/// </summary>
/// <param name="who">The operator's name, or their key's.</param>
public sealed partial class OperatorLevers(ModelRegistry registry, string who)
{
    const int Tries = 5; // another move by the same operator may come between

    readonly string writer = $"operator {NotInNames().Replace(who, "-")}";

    /// <summary>Lets a version serve; refused while another is pinned.</summary>
    public LeverOutcome Promote(ModelId id, string why) => Move(id, (champion, number, epoch) =>
        champion.Promote(number, epoch, why) is { } refusal ? LeverOutcome.Refused(refusal)
            : new LeverOutcome(number, $"{ModelId.Of(number, id.Line)} is the champion"));

    /// <summary>Lets a version serve until it is unpinned, whatever the gate finds; refused while another is pinned.</summary>
    public LeverOutcome Pin(ModelId id, string why) => Move(id, (champion, number, epoch) =>
        champion.Pin(number, epoch, why) is { } refusal ? LeverOutcome.Refused(refusal)
            : new LeverOutcome(number, $"{ModelId.Of(number, id.Line)} is the champion, and pinned"));

    public LeverOutcome Unpin(string line, string why) => Try(epoch =>
        new Champion(registry, line).Unpin(epoch, why) && Now(line) is { } number
            ? new LeverOutcome(number, $"{ModelId.Of(number, line)} is no longer pinned")
            : LeverOutcome.Refused($"no version of {ModelId.NameOf(line)} is pinned"));

    /// <summary>Lets the champion before this one serve again; a pin goes along.</summary>
    public LeverOutcome RollBack(string line, string why) => Try(epoch =>
        new Champion(registry, line).RollBack(epoch, why) is { } number
            ? new LeverOutcome(number, $"{ModelId.Of(number, line)} is the champion again")
            : LeverOutcome.Refused($"{ModelId.NameOf(line)} had no champion before this one"));

    LeverOutcome Move(ModelId id, Func<Champion, int, WriterEpoch, LeverOutcome> move)
    {
        if (registry.Resolve(id) is not { } number)
            return new LeverOutcome(null, $"{ModelId.NameOf(id.Line)} has no such version", IsUnknown: true);
        return registry.Open(ModelKind.Recognizer, number, out var reason) is null // else it would be champion and not serve
            ? LeverOutcome.Refused(reason) : Try(epoch => move(new Champion(registry, id.Line), number, epoch));
    }

    LeverOutcome Try(Func<WriterEpoch, LeverOutcome> move)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return move(registry.AcquireEpoch(writer));
            }
            catch (ArgumentException e) // it is being removed, or kept for its encoder alone
            {
                return LeverOutcome.Refused(e.Message);
            }
            catch (StaleEpochException) when (attempt < Tries)
            {
                // again, with a new epoch
            }
        }
    }

    int? Now(string line) => registry.Aliases().GetValueOrDefault(ModelId.KeyOf(line, ModelId.Champion))?.Number;

    /// <summary>A writer's name may name a file.</summary>
    [GeneratedRegex(@"[^A-Za-z0-9._@-]")]
    private static partial Regex NotInNames();
}
