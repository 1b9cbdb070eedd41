using System.IO.Compression;
using System.Runtime.InteropServices;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;

namespace Ssl.Shared.Speech.Pickles;

/// <summary>
/// Weights that <c>torch.save</c> wrote: an archive of a pickle and the bytes of its storages, or, before PyTorch 1.6, both in one stream.
/// Read as data (<see cref="PickleReader"/>); sizes are checked before anything is allocated.
/// </summary>
sealed class PickleFile : IDisposable
{
    const int MaxPickleBytes = 1 << 26;
    const string MagicNumber = "6cfc9c46f9206aa85019"; // LONG1 that begins files before PyTorch 1.6

    readonly string path;
    readonly FileStream stream;
    readonly ZipArchive? archive;
    readonly Dictionary<string, (PickledStorage Storage, ZipArchiveEntry? Entry, long Position)> storages = new(StringComparer.Ordinal);

    PickleFile(string path, FileStream stream)
    {
        (this.path, this.stream) = (path, stream);
        archive = stream.ReadByte() == 'P' && stream.ReadByte() == 'K' ? new ZipArchive(stream, ZipArchiveMode.Read) : null;
        stream.Position = archive is null ? 0 : stream.Position;
        Tensors = Named(archive is null ? ReadStream() : ReadArchive(archive));
    }

    public IReadOnlyDictionary<string, PickledTensor> Tensors { get; }

    /// <exception cref="InvalidModelException">The file holds anything but tensors by name, or is damaged.</exception>
    public static PickleFile Open(string path)
    {
        var stream = File.OpenRead(path);
        try
        {
            return new PickleFile(path, stream);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or InvalidModelException)
        {
            stream.Dispose();
            throw e as InvalidModelException ?? new InvalidModelException($"{path}: {e.Message}");
        }
    }

    /// <summary>All tensors, on the CPU, with their own element types; the caller disposes them.</summary>
    /// <exception cref="InvalidModelException">The bytes of a storage cannot be read.</exception>
    public Dictionary<string, Tensor> Read()
    {
        using var scope = NewDisposeScope();
        var read = storages.Values.ToDictionary(s => s.Storage.Key, s => Read(s.Storage, s.Entry, s.Position), StringComparer.Ordinal);
        return Tensors.ToDictionary(
            t => t.Key, t => read[t.Value.Storage.Key].as_strided(t.Value.Shape, t.Value.Strides, t.Value.Offset).MoveToOuterDisposeScope(),
            StringComparer.Ordinal);
    }

    /// <summary>All tensors by name; each is read when it is asked for, while this file is open.</summary>
    public Dictionary<string, StoredTensor> Open() => Tensors.ToDictionary(
        t => t.Key, t => StoredTensor.Of(storages[t.Value.Storage.Key].Storage.Type, t.Value.Shape, () => Read(t.Value)),
        StringComparer.Ordinal);

    public void Dispose()
    {
        archive?.Dispose();
        stream.Dispose();
    }

    object? ReadArchive(ZipArchive archive)
    {
        var pickle = archive.Entries.FirstOrDefault(e => e.Name == "data.pkl") ?? throw Invalid("the archive has no data.pkl");
        if (Entry(pickle, "byteorder") is { } order && new StreamReader(order.Open()).ReadToEnd() != "little")
            throw Invalid("its bytes are not in little-endian order");
        if (pickle.Length > MaxPickleBytes)
            throw Invalid($"a pickle of {pickle.Length} bytes, more than {MaxPickleBytes}");
        using var bytes = new MemoryStream();
        using (var packed = pickle.Open())
            packed.CopyTo(bytes);
        bytes.Position = 0;
        return new PickleReader(bytes, id => Known(PickledStorage.Of(id)), path).Read();

        PickledStorage Known(PickledStorage storage)
        {
            var entry = Entry(pickle, $"data/{storage.Key}") ?? throw Invalid($"storage {storage.Key} is missing");
            var size = SizeOf(storage.Type);
            if (entry.CompressedLength != entry.Length || storage.Elements > entry.Length / size || entry.Length != storage.Elements * size)
                throw Invalid($"storage {storage.Key} is not {storage.Elements} elements of {storage.Type}, uncompressed");
            return storages.TryAdd(storage.Key, (storage, entry, 0)) ? storage : storages[storage.Key].Storage;
        }
    }

    /// <summary>Before PyTorch 1.6: magic number, version, system, tensors, keys; each storage behind its number of elements.</summary>
    object? ReadStream()
    {
        var byKey = new Dictionary<string, PickledStorage>(StringComparer.Ordinal);
        var reader = new PickleReader(stream, id => PickledStorage.Of(id) is var s && byKey.TryAdd(s.Key, s) ? s : byKey[s.Key], path);
        if (reader.Read() is not MagicNumber)
            throw Invalid("neither an archive nor a stream of torch.save");
        _ = (reader.Read(), reader.Read());
        var (root, keys) = (reader.Read(), reader.Read() as List<object?> ?? throw Invalid("it lists no storages"));
        var count = new byte[sizeof(long)];
        foreach (var key in keys)
        {
            stream.ReadExactly(count);
            if (key is not string name || !byKey.TryGetValue(name, out var storage) || BitConverter.ToInt64(count) != storage.Elements
                || storage.Elements > (stream.Length - stream.Position) / SizeOf(storage.Type))
                throw Invalid($"storage {key} is not as its tensor says");
            storages.Add(name, (storage, null, stream.Position));
            stream.Position += storage.Elements * SizeOf(storage.Type);
        }
        return storages.Count == byKey.Count ? root : throw Invalid("a storage is missing");
    }

    Dictionary<string, PickledTensor> Named(object? root)
    {
        if (root is Dictionary<object, object?> outer && outer.TryGetValue("state_dict", out var inner))
            root = inner; // as training frameworks nest it
        var tensors = new Dictionary<string, PickledTensor>(StringComparer.Ordinal);
        foreach (var (key, value) in root as Dictionary<object, object?> ?? throw Invalid("it holds no tensors by name"))
            tensors.Add(key as string ?? throw Invalid($"{key} is not a name"), value as PickledTensor
                ?? throw Invalid($"{key} is not a tensor"));
        return tensors;
    }

    Tensor Read(PickledTensor tensor)
    {
        var (storage, entry, position) = storages[tensor.Storage.Key];
        return Read(storage, entry, position).as_strided(tensor.Shape, tensor.Strides, tensor.Offset);
    }

    Tensor Read(PickledStorage storage, ZipArchiveEntry? entry, long position)
    {
        var tensor = empty(storage.Elements, dtype: storage.Type, device: CPU);
        if (storage.Elements == 0)
            return tensor;
        try
        {
            using var packed = entry?.Open();
            if (packed is null)
                stream.Position = position;
            (packed ?? stream).ReadExactly(MemoryMarshal.AsBytes(tensor.bytes));
            return tensor;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Invalid($"storage {storage.Key}: {e.Message}");
        }
    }

    /// <summary>A file beside the pickle.</summary>
    static ZipArchiveEntry? Entry(ZipArchiveEntry pickle, string name) =>
        pickle.Archive.GetEntry(pickle.FullName[..^pickle.Name.Length] + name);

    static long SizeOf(ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int16 => 2,
        _ => 1,
    };

    InvalidModelException Invalid(string problem) => new($"{path}: {problem}");
}
