namespace Ssl.Shared.Speech.Pickles;

/// <summary>Everything that a pickle of weights may construct: containers, storages by element type, and tensors on them.</summary>
static class Constructors
{
    static readonly Dictionary<string, ScalarType> Storages = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = ScalarType.Float32,
        ["HalfStorage"] = ScalarType.Float16,
        ["BFloat16Storage"] = ScalarType.BFloat16,
        ["DoubleStorage"] = ScalarType.Float64,
        ["LongStorage"] = ScalarType.Int64,
        ["IntStorage"] = ScalarType.Int32,
        ["ShortStorage"] = ScalarType.Int16,
        ["CharStorage"] = ScalarType.Int8,
        ["ByteStorage"] = ScalarType.Byte,
        ["BoolStorage"] = ScalarType.Bool,
    };

    /// <returns>What makes a value of its arguments, or a <see cref="StorageType"/>; null: not in the list.</returns>
    public static object? Find(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => new Func<object?[], object?>(_ => new Dictionary<object, object?>()),
        ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2") => new Func<object?[], object?>(PickledTensor.Of),
        ("torch._utils", "_rebuild_parameter") => new Func<object?[], object?>(arguments => arguments.FirstOrDefault()),
        ("torch", _) when Storages.TryGetValue(name, out var type) => new StorageType(type),
        _ => null,
    };
}

/// <summary>The class of a storage, which persistent ids name.</summary>
sealed record StorageType(ScalarType Type);

/// <summary>A storage in the file: <paramref name="Key"/> names its bytes.</summary>
sealed record PickledStorage(ScalarType Type, string Key, long Elements)
{
    /// <param name="id">A persistent id: 'storage', its class, key, device, number of elements.</param>
    public static PickledStorage Of(object?[] id) =>
        id is ["storage", StorageType type, string key, _, long elements, ..] && elements >= 0
            ? new(type.Type, key, elements) : throw new ArgumentException("a persistent id is not a storage");
}

/// <summary>A strided view of a storage.</summary>
sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    public static PickledTensor Of(object?[] arguments) =>
        arguments is [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..] && shape.Length == strides.Length
        && new PickledTensor(storage, offset, Numbers(shape), Numbers(strides)) is { IsInside: true } tensor
            ? tensor : throw new ArgumentException("a tensor is not a view of its storage");

    bool IsInside
    {
        get
        {
            var last = Offset;
            foreach (var (size, stride) in Shape.Zip(Strides))
            {
                if (size < 0 || stride < 0 || (size > 1 && stride > (Storage.Elements - last) / (size - 1)))
                    return false;
                last += stride * Math.Max(0, size - 1);
            }
            return Offset >= 0 && (last < Storage.Elements || Shape.Contains(0));
        }
    }

    static long[] Numbers(object?[] values) =>
        Array.ConvertAll(values, value => value is long number ? number : throw new ArgumentException("a size is not an integer"));
}
