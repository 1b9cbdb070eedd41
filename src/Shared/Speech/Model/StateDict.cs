namespace Ssl.Shared.Speech.Model;

/// <summary>Copies named tensors into a module; every key, shape and value is checked before the first is copied.</summary>
public static class StateDict
{
    /// <param name="prefix">Prefix of the module's keys in a larger model; keys without it are accepted too.</param>
    /// <param name="mayHoldMore">True: keys that the module lacks are ignored (another model's head).</param>
    /// <exception cref="InvalidModelException">A key is missing or unknown, a shape differs, or a weight is not finite.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, string prefix, bool mayHoldMore, string source)
    {
        var own = module.state_dict();
        var found = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (key, tensor) in tensors)
        {
            var name = key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : key;
            if (!own.TryGetValue(name, out var target))
            {
                if (mayHoldMore)
                    continue;
                throw new InvalidModelException($"{source}: {key} is not part of this model");
            }
            if (!target.shape.SequenceEqual(tensor.shape))
                throw new InvalidModelException(
                    $"{source}: {key} has shape [{string.Join(", ", tensor.shape)}], expected [{string.Join(", ", target.shape)}]");
            if (tensor.is_floating_point() && !tensor.isfinite().all().item<bool>())
                throw new InvalidModelException($"{source}: {key} holds values that are not finite");
            found[name] = tensor;
        }
        var missing = own.Keys.Where(k => !found.ContainsKey(k)).ToArray();
        if (missing.Length > 0)
            throw new InvalidModelException(
                $"{source}: {prefix}{missing[0]} is missing{(missing.Length > 1 ? $", and {missing.Length - 1} more" : "")}");
        using var guard = no_grad();
        foreach (var (name, tensor) in found)
            own[name].copy_(tensor);
    }
}
