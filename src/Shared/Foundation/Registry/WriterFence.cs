namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// What keeps late writers out. It stands in the same document as the aliases, so that one conditional write checks both.
/// </summary>
sealed record WriterFence
{
    /// <summary>The current epoch of each writer.</summary>
    public IReadOnlyDictionary<string, long> Epochs { get; init; } = new Dictionary<string, long>();

    /// <summary>Recognizers up to this number are removed unless an alias names them, so no alias may move to one.</summary>
    public int PrunedUpTo { get; init; }
}
