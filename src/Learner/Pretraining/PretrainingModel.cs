using Ssl.Shared.Speech.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>An encoder with what pretraining adds to it. Keys: the encoder's under <c>encoder.</c>, the others as they are.</summary>
sealed class PretrainingModel : IDisposable
{
    const string EncoderPrefix = "encoder.";

    public PretrainingModel(SpeechEncoder encoder, PretrainingHeads heads)
    {
        (Encoder, Heads) = (encoder, heads);
    }

    public SpeechEncoder Encoder { get; }

    public PretrainingHeads Heads { get; }

    /// <summary>A new model, the same for the same seed.</summary>
    public static PretrainingModel Create(EncoderConfig config, PretrainingShape shape, int seed, Device device)
    {
        var encoder = SpeechEncoder.Create(config, seed);
        return new PretrainingModel(encoder, new PretrainingHeads(encoder, shape, seed)).To(device);
    }

    /// <summary>Trained parameters by name, in a fixed order.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Parameters =>
        Encoder.named_parameters().Select(p => (EncoderPrefix + p.name, p.parameter)).Concat(Heads.named_parameters())
            .OrderBy(p => p.Item1, StringComparer.Ordinal);

    /// <summary>Everything to be stored, the frozen random projection among it.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        Encoder.state_dict().Select(t => (EncoderPrefix + t.Key, t.Value)).Concat(Heads.state_dict().Select(t => (t.Key, t.Value)));

    /// <summary>Takes over stored weights.</summary>
    /// <exception cref="InvalidModelException">A key is missing or unknown, a shape differs, or a weight is not finite.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state, string source)
    {
        bool IsEncoders(string key) => key.StartsWith(EncoderPrefix, StringComparison.Ordinal);
        var encoders = state.Where(t => IsEncoders(t.Key)).ToDictionary(t => t.Key[EncoderPrefix.Length..], t => t.Value);
        StateDict.Load(Encoder, encoders, "", mayHoldMore: false, source);
        StateDict.Load(Heads, state.Where(t => !IsEncoders(t.Key)).ToDictionary(), "", mayHoldMore: false, source);
    }

    public PretrainingModel To(Device device)
    {
        Encoder.to(device);
        Heads.to(device);
        return this;
    }

    public void Dispose()
    {
        Encoder.Dispose();
        Heads.Dispose();
    }
}
