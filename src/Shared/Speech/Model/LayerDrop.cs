using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Whole layers left out at random in training (arXiv 1909.11556).</summary>
static class LayerDrop
{
    /// <summary>Drawn from torch's generator on the CPU, like dropout: seeded with it, and no wait for a GPU.</summary>
    public static bool Passes(double probability, bool training)
    {
        if (!training || probability <= 0)
            return false;
        using var drawn = rand(1, device: CPU);
        return drawn.item<float>() < probability;
    }
}
