namespace Ssl.Shared.Speech.Model;

/// <summary>Random skipping of whole layers in training (arXiv 1909.11556).</summary>
static class LayerDrop
{
    /// <summary>Draws from torch's CPU generator, as dropout does: the same seed, and no wait for a GPU.</summary>
    public static bool Skips(double probability, bool training)
    {
        if (!training || probability <= 0)
            return false;
        using var drawn = rand(1, device: CPU);
        return drawn.item<float>() < probability;
    }
}
