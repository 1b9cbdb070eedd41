using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>Options under <c>Transcriber:Decoding</c>. All other values are <see cref="DecodingRecipe"/>'s.</summary>
public sealed record DecodingOptions
{
    /// <summary>
    /// Weight of the log-odds of an out-of-vocabulary word (docs/adr/0007), 0 (no penalty) to 100. The odds are estimated from the share
    /// of singletons in the labelled texts; lower the weight where speakers use words that the labels lack.
    /// </summary>
    [Range(0.0, 100.0)]
    public double KnownWordWeight { get; init; } = 4;

    public DecodingRecipe Recipe => new() { KnownWordWeight = KnownWordWeight };
}
