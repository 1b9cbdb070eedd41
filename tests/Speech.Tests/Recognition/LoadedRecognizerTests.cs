using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.Speech.Tests.Recognition;

public sealed class LoadedRecognizerTests : IDisposable
{
    const int Threads = 24; // more than there are arenas: eight a core, at most
    const int MaxKept = 32 << 20;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Each thread has one of the C library's arenas, and an arena keeps what is freed at its end.</summary>
    [Fact]
    public void Memory_of_a_disposed_version_goes_back_whatever_thread_loaded_it()
    {
        var options = new RegistryOptions { Path = folder.Path };
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var (loader, number) = (new RecognizerLoader(registry, new DecodingRecipe()), Publish(registry));
        using var end = new ManualResetEventSlim();
        var held = 0L;
        var threads = new List<Thread>();
        for (var i = 0; i <= Threads; i++)
        {
            using var done = new ManualResetEventSlim();
            threads.Add(new Thread(() =>
            {
                loader.Load(number, out _)!.Dispose();
                done.Set();
                end.Wait(); // else the next thread has the same arena
            }));
            threads[^1].Start();
            done.Wait(TestContext.Current.CancellationToken);
            if (i == 0)
                held = NativeHeap.Held;
        }
        var kept = NativeHeap.Held - held;
        end.Set();
        threads.ForEach(t => t.Join());
        Assert.InRange(kept, long.MinValue, MaxKept);
    }

    static int Publish(ModelRegistry registry)
    {
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using var recognizer = new Recognizer(
            new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1), vocabulary.Size), vocabulary);
        return registry.Publish(ModelKind.Recognizer, new ManifestDraft { EncoderNumber = 1, Health = ModelHealth.Promoted },
            registry.AcquireEpoch("test"), path => ModelFolder.SaveRecognizer(path, recognizer)).Number;
    }
}
