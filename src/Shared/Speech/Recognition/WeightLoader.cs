using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// Fills new modules from stored weights, one tensor at a time and each into its place: a model is never held twice. Those that are frozen
/// in a smaller type are never held as floats.
/// </summary>
static class WeightLoader
{
    const long ReadBetweenReturns = 64 << 20; // bytes: what was read for frozen weights stays in the heap until it is returned

    /// <summary>The stored tensor of each parameter and buffer; names and shapes are checked, nothing is read.</summary>
    /// <param name="prefix">Prefix of the module's keys in a larger model; keys without it are accepted too.</param>
    /// <param name="maskVector">The module's key; transformers omits the vector of models trained without masking. A random one has no
    /// effect on their output.</param>
    /// <param name="mayHoldMore">True: keys that the module lacks are ignored (another model's head).</param>
    /// <exception cref="InvalidModelException">A key is missing or unknown, or a shape differs.</exception>
    public static Dictionary<string, StoredTensor> Match(
        nn.Module module, ModelWeights weights, string prefix, string maskVector, bool mayHoldMore)
    {
        var (own, found) = (module.state_dict(), new Dictionary<string, StoredTensor>(StringComparer.Ordinal));
        foreach (var (key, stored) in weights.Tensors)
        {
            var name = key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : key;
            if (own.TryGetValue(name, out var target))
            {
                found[name] = target.shape.SequenceEqual(stored.Shape) ? stored : throw new InvalidModelException(
                    $"{weights.Source}: {key} has shape [{string.Join(", ", stored.Shape)}], expected [{string.Join(", ", target.shape)}]");
            }
            else if (!mayHoldMore)
            {
                throw new InvalidModelException($"{weights.Source}: {key} is not part of this model");
            }
        }
        if (own.TryGetValue(maskVector, out var vector))
            found.TryAdd(maskVector, StoredTensor.Of(ScalarType.Float32, vector.shape, () => RandomVector(vector.shape)));
        return own.Keys.Where(k => !found.ContainsKey(k)).ToArray() is not [var missing, .. var more] ? found
            : throw new InvalidModelException(
                $"{weights.Source}: {prefix}{missing} is missing{(more.Length > 0 ? $", and {more.Length} more" : "")}");
    }

    /// <param name="matched">Of <see cref="Match"/>.</param>
    /// <param name="precision">Type that linear layers are frozen in; null: as for training.</param>
    /// <exception cref="InvalidModelException">A weight is not finite, or cannot be read; the module is disposed.</exception>
    public static void Fill(nn.Module module, IReadOnlyDictionary<string, StoredTensor> matched, Precision? precision, string source)
    {
        try
        {
            var isSmaller = precision is Precision.BFloat16 or Precision.Int8;
            var dense = isSmaller ? module.named_modules().Where(m => m.module is Dense)
                .ToDictionary(m => m.name + ".weight", m => (Dense)m.module, StringComparer.Ordinal) : [];
            var read = 0L;
            foreach (var (name, target) in module.state_dict())
            {
                if (dense.TryGetValue(name, out var layer))
                    Freeze(layer, matched[name], precision!.Value, name, source);
                else
                    matched[name].FillChecked(target, name, source);
                read += isSmaller ? matched[name].Bytes : 0;
                if (read < ReadBetweenReturns)
                    continue;
                TorchRuntime.ReturnFreedMemory();
                read = 0;
            }
            module.to(TorchRuntime.Device);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    static void Freeze(Dense layer, StoredTensor stored, Precision precision, string name, string source)
    {
        using var read = stored.Read(name, source);
        layer.Freeze(read, precision);
    }

    static Tensor RandomVector(long[] shape)
    {
        using var generator = new Generator(0, CPU);
        return zeros(shape).uniform_(0, 1, generator);
    }
}
