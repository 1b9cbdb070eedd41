using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>A module that has another form of its weights for inference, held in place of those for training.</summary>
interface IFreezable
{
    /// <summary>Done once, before the first forward pass; afterwards the module is neither trained nor saved.</summary>
    void Freeze(Precision precision);

    /// <summary>Memory of what it holds in place of parameters since then, in bytes.</summary>
    long FrozenBytes { get; }
}
