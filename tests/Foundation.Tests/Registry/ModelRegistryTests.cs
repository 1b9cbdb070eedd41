using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

public sealed class ModelRegistryTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    ModelRegistry Open() =>
        new(new RegistryOptions { Path = folder.Path, KeepVersions = 3 }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    static void WriteFiles(string path)
    {
        File.WriteAllText(Path.Combine(path, "config.json"), "{}");
        File.WriteAllBytes(Path.Combine(path, "model.safetensors"), new byte[1000]);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("truncate")]
    [InlineData("delete")]
    [InlineData("manifest")]
    [InlineData("stray")]
    public void A_version_that_is_not_what_was_published_is_refused(string damage)
    {
        var registry = Open();
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch("learner"), WriteFiles);
        var name = damage switch { "manifest" => "manifest.json", "stray" => "lm.arpa", _ => "model.safetensors" };
        var file = Path.Combine(folder.Path, "encoders", "000001", name);
        if (damage is "stray")
            File.WriteAllBytes(file, new byte[10]);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        if (damage is "flip")
            File.WriteAllBytes(file, bytes);
        else if (damage is "truncate" or "manifest")
            File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        else if (damage is "delete")
            File.Delete(file);
        Assert.Null(registry.Open(ModelKind.Encoder, 1, out var reason));
        Assert.Contains(file, reason);
    }

    [Fact]
    public void An_encoder_without_weights_has_those_of_its_recognizer_which_stays_as_long_as_it()
    {
        var registry = Open();
        var epoch = registry.AcquireEpoch("import");
        var encoder = 0;
        var recognizer = registry.Publish(ModelKind.Recognizer, next =>
        {
            var shape = new ManifestDraft { RecognizerNumber = next };
            encoder = registry.Publish(ModelKind.Encoder, shape, epoch, path =>
                File.WriteAllText(Path.Combine(path, "config.json"), "{}")).Number;
            return new ManifestDraft { EncoderNumber = encoder };
        }, epoch, WriteFiles).Number;
        for (var i = 0; i < 5; i++)
            registry.Publish(ModelKind.Recognizer, new ManifestDraft(), epoch, WriteFiles);
        Assert.Equal([1, 4, 5, 6], registry.List(ModelKind.Recognizer).Select(m => m.Number));
        var opened = registry.Open(ModelKind.Encoder, encoder, out var reason);
        Assert.True(opened is not null, reason);
        Assert.Equal(registry.Open(ModelKind.Recognizer, recognizer, out _)!.Path, opened.Path);
        Assert.Equal(encoder, opened.Manifest.Number);

        for (var i = 0; i < 4; i++)
            registry.Publish(ModelKind.Encoder, new ManifestDraft(), epoch, WriteFiles);
        registry.Publish(ModelKind.Recognizer, new ManifestDraft(), epoch, WriteFiles);
        Assert.Equal([5, 6, 7], registry.List(ModelKind.Recognizer).Select(m => m.Number));
    }

    [Fact]
    public void An_encoder_is_not_opened_with_the_weights_of_another()
    {
        var registry = Open();
        var epoch = registry.AcquireEpoch("import");
        registry.Publish(ModelKind.Recognizer, new ManifestDraft { EncoderNumber = 9 }, epoch, WriteFiles);
        registry.Publish(ModelKind.Encoder, new ManifestDraft { RecognizerNumber = 1 }, epoch, path =>
            File.WriteAllText(Path.Combine(path, "config.json"), "{}"));
        registry.Publish(ModelKind.Encoder, new ManifestDraft { RecognizerNumber = 7 }, epoch, path =>
            File.WriteAllText(Path.Combine(path, "config.json"), "{}"));
        Assert.Null(registry.Open(ModelKind.Encoder, 1, out var reason));
        Assert.Contains("recognizer 1, which was made from another encoder", reason);
        Assert.Null(registry.Open(ModelKind.Encoder, 2, out reason));
        Assert.Contains("recognizer 7: there is no recognizers/000007", reason);
    }
}
