using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Tests;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Promotion;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Page.Tests;

/// <summary>A service with two recognizers of <see cref="Tones"/>, the second judged against the first, made once for all tests.</summary>
public sealed class TaughtService : IAsyncLifetime
{
    const int FewUpdates = 120; // a champion that the second one can beat
    static readonly string[] Domains = ["telephone", "meeting"];

    readonly TemporaryFolder folder = new();
    EmbeddedKafka? kafka;
    PageService? service;

    /// <summary>Of an operator; transcription needs no key.</summary>
    public string Key { get; } = ApiKey.NewText();

    public Uri Address => service!.Address;

    /// <summary>Three words in <see cref="Recording"/>.</summary>
    public string Said => "fade bad face";

    public byte[] Recording { get; private set; } = [];

    /// <summary>The recording in a file, with a pause after it.</summary>
    public string RecordingPath => folder.File("said.wav");

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
            return; // every test is skipped
        var samples = ToneSpeech.Speak(Said, new Random(7));
        Recording = TestAudio.Wav(samples);
        await File.WriteAllBytesAsync(RecordingPath, TestAudio.Wav([.. new short[8_000], .. samples, .. new short[24_000]]));
        Teach();
        kafka = EmbeddedKafka.Start();
        service = await PageService.StartAsync(folder, kafka, (Key, KeyScope.Admin));
    }

    /// <summary>Another process on the same registry, where everything needs a key.</summary>
    internal Task<PageService> StartClosedAsync(string key) =>
        StartAsync([], (key, KeyScope.Transcribe | KeyScope.Admin | KeyScope.Metrics));

    /// <summary>Another process on the same registry.</summary>
    internal Task<PageService> StartAsync(string[] settings, params (string Text, KeyScope Scopes)[] keys) =>
        PageService.StartAsync(folder, kafka!, settings, services => { }, keys);

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
            await service.DisposeAsync();
        kafka?.Dispose();
        folder.Dispose();
    }

    void Teach()
    {
        TorchRuntime.UseThreads(1);
        var options = new RegistryOptions { Path = folder.File("registry") };
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var epoch = registry.AcquireEpoch("test");
        var shadow = new ShadowTrial(registry, new GateOptions(), isOn: false, TimeProvider.System, NullLogger<ShadowTrial>.Instance);
        var publisher = new RecognizerPublisher(
            registry, new RecognizerLoader(registry, new DecodingRecipe()), new DecodingRecipe(), shadow);
        ModelManifest encoder;
        using (var pretrained = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1))
            encoder = registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = ModelHealth.Healthy }, epoch,
                path => ModelFolder.SaveEncoder(path, pretrained));
        var first = Tune(FewUpdates, champion: null);
        var champion = new GateSubject(first.Outcome.Recognizer.Transcribe, first.Outcome.Recognizer.WeightBytes) { IsFinite = true };
        var second = Tune(Tones.Updates, champion);
        Serve(first, compared: null);
        Serve(second, compared: 1);

        void Serve(TunedCandidate candidate, int? compared)
        {
            var before = registry.Aliases();
            var version = publisher.Publish(candidate, encoder, compared, epoch);
            Assert.True(publisher.TryPromote(version, before, epoch, () => { }, out var reason, CancellationToken.None),
                reason + candidate.Judged.Why);
            candidate.Outcome.Recognizer.Dispose();
        }
    }

    static TunedCandidate Tune(int updates, GateSubject? champion)
    {
        var labels = new LabelledSet(Tones.Utterances(40, seed: 1), OfDomains(Tones.Utterances(30, seed: 2)), [], null)
        {
            HiddenGate = Tones.Utterances(15, seed: 4),
        };
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        return new TuningRound(Tones.Recipe with { MinEpochs = 0 }, new DecodingRecipe(), new GateOptions { MaxCost = 0 }, seed: 0,
            TimeProvider.System).Run(new TuningInputs(encoder, labels) { Champion = champion },
            new FineTuningBudget(TimeSpan.FromHours(1), updates), null, TestContext.Current.CancellationToken);
    }

    static LabelledUtterance[] OfDomains(IReadOnlyList<LabelledUtterance> utterances) =>
        [.. utterances.Index().Select(u => u.Item with { Domain = Domains[u.Index % Domains.Length] })];
}
