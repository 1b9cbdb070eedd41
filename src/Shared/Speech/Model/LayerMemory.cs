namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Frees what a layer computed on the way to its output as soon as it is done, not at the end of the forward pass: of a model of 24
/// layers and ten seconds of audio several gigabytes. What the backward pass needs is kept by libtorch.
/// </summary>
static class LayerMemory
{
    /// <param name="layer">Makes a new tensor.</param>
    /// <param name="keepsInput">Whether somebody else still reads the input.</param>
    public static Tensor Through(Tensor hidden, Func<Tensor, Tensor> layer, bool keepsInput)
    {
        using var scope = NewDisposeScope();
        var output = layer(hidden).MoveToOuterDisposeScope();
        if (!keepsInput)
            hidden.Dispose();
        return output;
    }
}
