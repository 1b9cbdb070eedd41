using System.IO.Compression;
using System.Text;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Pickles;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Pickles;

/// <summary>Pickled weights are the same weights, and nothing that a pickle names is ever called.</summary>
public sealed class PickleFileTests : IDisposable
{
    /// <summary>
    /// As <c>torch.save</c> wrote before PyTorch 1.6: "a" [2, 3] of 1 to 6, "a.t" a view of it (2, 5; 3, 6), "n" the second of 7 and 8.
    /// </summary>
    const string Stream =
        "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQAoWBAAAABwcm90b2NvbF92ZXJzaW9ucQFN6QNYDQAAAGxpdHRsZV9lbmRpYW5xAohYCgAAAHR5cGVf"
        + "c2l6ZXNxA31xBChYBQAAAHNob3J0cQVLAlgDAAAAaW50cQZLBFgEAAAAbG9uZ3EHSwR1dS6AAmNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxAClS"
        + "cQEoWAEAAABhcQJjdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3RlbnNvcl92MgpxAygoWAcAAABzdG9yYWdlcQRjdG9yY2gKRmxvYXRTdG9yYWdlCnEF"
        + "WAUAAAA5NDAwMXEGWAMAAABjcHVxB0sGTnRxCFFLAEsCSwOGcQlLA0sBhnEKiWgAKVJxC3RxDFJxDVgDAAAAYS50cQ5oAygoaARoBWgGaAdLBk50"
        + "cQ9RSwFLAksChnEQSwFLA4ZxEYloAClScRJ0cRNScRRYAQAAAG5xFWgDKChoBGN0b3JjaApMb25nU3RvcmFnZQpxFlgFAAAAOTQwMDJxF2gHSwJO"
        + "dHEYUUsBKSmJaAApUnEZdHEaUnEbdX1xHFgJAAAAX21ldGFkYXRhcR1oAClScR5YAAAAAHEffXEgWAcAAAB2ZXJzaW9ucSFLAXNzc2IugAJdcQAo"
        + "WAUAAAA5NDAwMXEBWAUAAAA5NDAwMnECZS4GAAAAAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAAADAQAIAAAAAAAAABwAAAAAAAAAIAAAAAAAAAA==";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_pickle_holds_the_weights_of_the_safetensors_file()
    {
        using var scope = NewDisposeScope();
        using var expected = ModelFolder.LoadCtcModel(SharedFolder.Reference("group-postnorm/ctc"), vocabularySize: 32);
        using var found = ModelFolder.LoadCtcModel(SharedFolder.Reference("group-postnorm/ctc-pickle"), vocabularySize: 32);
        AssertSame(expected, found);
    }

    [Fact]
    public void Shards_of_pickles_are_one_model()
    {
        using var scope = NewDisposeScope();
        var source = SharedFolder.Reference("group-postnorm/ctc-pickle");
        File.WriteAllBytes(folder.File("config.json"), File.ReadAllBytes(Path.Combine(source, "config.json")));
        File.WriteAllBytes(folder.File("part-1.bin"), File.ReadAllBytes(Path.Combine(source, "pytorch_model.bin")));
        using (var pickle = PickleFile.Open(folder.File("part-1.bin")))
            File.WriteAllText(folder.File("pytorch_model.bin.index.json"),
                $$$"""{"weight_map": { {{{string.Join(", ", pickle.Tensors.Keys.Select(key => $"\"{key}\": \"part-1.bin\""))}}} } }""");
        using var expected = ModelFolder.LoadCtcModel(source, vocabularySize: 32);
        using var found = ModelFolder.LoadCtcModel(folder.Path, vocabularySize: 32);
        AssertSame(expected, found);
    }

    [Fact]
    public void A_stream_from_before_PyTorch_1_6_is_read_with_its_views()
    {
        using var scope = NewDisposeScope();
        File.WriteAllBytes(folder.File("old.bin"), Convert.FromBase64String(Stream));
        using var pickle = PickleFile.Open(folder.File("old.bin"));
        var tensors = pickle.Read();
        Assert.Equal([1, 2, 3, 4, 5, 6], tensors["a"].contiguous().data<float>().ToArray());
        Assert.Equal([2, 5, 3, 6], tensors["a.t"].contiguous().data<float>().ToArray());
        Assert.Equal(8, tensors["n"].item<long>());
    }

    [Fact]
    public void A_call_is_refused_by_its_name() => Assert.Contains("posix.getcwd",
        Assert.Throws<InvalidModelException>(() => PickleFile.Open(SharedFolder.Reference("hostile-pickle.bin"))).Message);

    [Theory]
    [InlineData("cos\nsystem\n.", "os.system")]
    [InlineData("\x80\u0004\x8c\u0008builtins\x8c\u0004eval\x93.", "builtins.eval")]
    [InlineData("cnumpy.core.multiarray\n_reconstruct\n.", "numpy.core.multiarray._reconstruct")]
    [InlineData("ctorch\nFloatStorage\n)R.", "stands where it cannot")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R.", "not a view")]
    [InlineData("(ios\nsystem\n.", "os.system")]
    [InlineData("\x81.", "instruction 0x81")]
    [InlineData("}K\u0001K\u0002s.", "1 is not a name")]
    [InlineData("}U\u0001aK\u0002s.", "a is not a tensor")]
    [InlineData("}U\u0001a(U\u0007storageNU\u00010NK\u0001tQs.", "not a storage")]
    [InlineData("]NR.", "stands where it cannot")]
    [InlineData("h\u0009.", "malformed")]
    [InlineData("X\xff\xff\xff\x7f.", "cut off")]
    [InlineData("u.", "malformed")]
    [InlineData("", "cut off")]
    public void Anything_else_is_refused_and_never_called(string pickle, string expected)
    {
        using (var archive = ZipFile.Open(folder.File("model.bin"), ZipArchiveMode.Create))
        using (var entry = archive.CreateEntry("model/data.pkl").Open())
            entry.Write(Encoding.Latin1.GetBytes(pickle));
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => PickleFile.Open(folder.File("model.bin"))).Message);
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused()
    {
        var (random, refused) = (new Random(1), 0);
        foreach (var source in new[] { File.ReadAllBytes(SharedFolder.Reference("group-postnorm/ctc-pickle/pytorch_model.bin")),
            Convert.FromBase64String(Stream) })
        {
            for (var i = 0; i < 300; i++)
            {
                using var scope = NewDisposeScope();
                var damaged = source.ToArray();
                for (var bytes = random.Next(1, 20); bytes > 0; bytes--)
                    damaged[random.Next(random.Next(2) == 0 ? Math.Min(9000, damaged.Length) : damaged.Length)] = (byte)random.Next(256);
                File.WriteAllBytes(folder.File("damaged.bin"), random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
                try
                {
                    using var pickle = PickleFile.Open(folder.File("damaged.bin"));
                    pickle.Read();
                }
                catch (InvalidModelException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 200, 600);
    }

    static void AssertSame(CtcModel expected, CtcModel found)
    {
        var weights = found.state_dict();
        Assert.All(expected.state_dict(), t => Assert.True(t.Value.equal(weights[t.Key]).all().item<bool>(), t.Key));
    }
}
