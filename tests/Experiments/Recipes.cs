namespace Ssl.Experiments;

/// <summary>
/// Fingerprints of what a figure depends on. It is out of date when one of them is not today's; greedy figures do not depend on decoding.
/// </summary>
/// <param name="FineTuning">Recipe, budget and shape of the encoder.</param>
/// <param name="Decoding">Beam search with n-grams.</param>
/// <param name="Pretraining">Null: from scratch.</param>
/// <param name="PseudoLabels">How they are chosen and read; null: there are none.</param>
/// <param name="Data">Manifests of the corpora; null: they are not on this machine, and are taken to be the same.</param>
sealed record Recipes(string FineTuning, string Decoding, string? Pretraining = null, string? PseudoLabels = null, string? Data = null)
{
    /// <summary>Whether figures of greedy decoding, losses among them, would come out the same with <paramref name="today"/>.</summary>
    public bool GivesGreedyOf(Recipes today) =>
        this with { Decoding = today.Decoding, Data = today.Data is null ? null : Data } == today;

    /// <summary>Whether all figures would come out the same.</summary>
    public bool GivesAllOf(Recipes today) => GivesGreedyOf(today) && Decoding == today.Decoding;
}
