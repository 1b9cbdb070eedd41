using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>Options under <c>Transcriber:Decoding</c>. All other values are <see cref="DecodingRecipe"/>'s.</summary>
public sealed record DecodingOptions
{
    /// <summary>
    /// Weight of the log-odds of an out-of-vocabulary word (docs/adr/0007); 0: any word costs the same. The odds come from the share of
    /// singletons in the labelled texts: where speakers may say words that the labels lack, lower it.
    /// </summary>
    [Range(0.0, 100.0)]
    public double KnownWordWeight { get; init; } = 4;

    public DecodingRecipe Recipe => new() { KnownWordWeight = KnownWordWeight };
}
