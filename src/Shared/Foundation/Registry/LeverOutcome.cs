namespace Ssl.Shared.Foundation.Registry;

/// <summary>What came of an operator's wish.</summary>
/// <param name="Number">The champion now; null: nothing was moved.</param>
/// <param name="Message">For the operator: what was done, or why it was not.</param>
/// <param name="IsUnknown">There is no such version.</param>
public sealed record LeverOutcome(int? Number, string Message, bool IsUnknown = false)
{
    public bool Done => Number is not null;

    internal static LeverOutcome Refused(string reason) => new(null, reason);
}
