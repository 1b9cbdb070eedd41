using Ssl.Shared.Speech.Model;

namespace Ssl.Learner.Pretraining;

/// <summary>An encoder with its pretraining heads. Keys: the encoder's under <c>encoder.</c>, those of the heads unchanged.</summary>
sealed class PretrainingModel(SpeechEncoder encoder, PretrainingHeads heads) : IDisposable
{
    const string EncoderPrefix = "encoder.";

    public SpeechEncoder Encoder => encoder;
    public PretrainingHeads Heads => heads;

    /// <summary>A new model, reproducible by the seed.</summary>
    public static PretrainingModel Create(EncoderConfig config, PretrainingShape shape, int seed, Device device)
    {
        var encoder = SpeechEncoder.Create(config, seed);
        return new PretrainingModel(encoder, new PretrainingHeads(encoder, shape, seed)).To(device);
    }

    /// <summary>Trained parameters, ordered by name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Parameters =>
        Encoder.named_parameters().Select(p => (EncoderPrefix + p.name, p.parameter)).Concat(Heads.named_parameters())
            .OrderBy(p => p.Item1, StringComparer.Ordinal);

    /// <summary>All stored tensors, with the random projection, which is not trained.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        Encoder.state_dict().Select(t => (EncoderPrefix + t.Key, t.Value)).Concat(Heads.state_dict().Select(t => (t.Key, t.Value)));

    /// <exception cref="InvalidModelException">A key is missing or unknown, a shape differs, or a weight is not finite.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state, string source)
    {
        var ofEncoder = state.ToLookup(t => t.Key.StartsWith(EncoderPrefix, StringComparison.Ordinal));
        var encoderState = ofEncoder[true].ToDictionary(t => t.Key[EncoderPrefix.Length..], t => t.Value);
        StateDict.Load(Encoder, encoderState, "", mayHoldMore: false, source);
        StateDict.Load(Heads, ofEncoder[false].ToDictionary(), "", mayHoldMore: false, source);
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
