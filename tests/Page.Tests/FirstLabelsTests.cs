using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using PuppeteerSharp.Input;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Tests;

namespace Ssl.Page.Tests;

/// <summary>
/// How somebody without tools gets from no label to a recognizer: speech comes in on the topic, everything else is done in the page, by
/// keyboard, against the service's own paths.
/// </summary>
public sealed class FirstLabelsTests : IDisposable
{
    const int Count = 50; // recordings of a second or so: enough for a recognizer of Tones
    const double MaxError = 0.5; // of letters
    static readonly TimeSpan LearningLimit = TimeSpan.FromMinutes(8); // on a busy machine
    static readonly TimeSpan ReadingLimit = TimeSpan.FromMinutes(2);
    const string Active = "document.activeElement.closest('#labels-list li')";

    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly string key = ApiKey.NewText();
    readonly Dictionary<string, LabelledUtterance> spoken = Tones.Utterances(Count, seed: 1).ToDictionary(u => AudioId.Of(u.Samples.Span));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task From_no_label_to_a_recognizer_through_the_page_alone()
    {
        await using var browser = await Chromium.StartAsync();
        await using var service = await PageService.StartAsync(folder, kafka,
            ["--Transcriber:Role=All", $"--Transcriber:DataPath={folder.File("transcriber")}",
                "--Transcriber:FineTuning:FirstBudget=00:20:00", $"--Transcriber:FineTuning:MaxUpdates={Tones.Updates}"],
            services => services.AddSingleton(Tones.Recipe), (key, KeyScope.Admin));
        var view = await browser.OpenAsync(service.Address, new Look(1280, IsDark: false));
        await view.UntilShownAsync("#beginning");
        await view.EnterKeyAsync(key);
        await view.ClickAsync("#labels-load");
        await view.UntilShownAsync("#labels-none"); // no speech has come in
        await view.AssertSoundAsync();

        await SendAsync(service, spoken.Values);
        await view.ClickAsync("#labels-load");
        await view.UntilAsync($"document.querySelectorAll('#labels-list li').length === {Count}");
        await view.AskAsync<object?>("document.querySelector('#labels-list .listen').focus()");
        await TypeAsync(view, Count - 10);
        await view.PhotographAsync("first-labels");
        await view.AssertSoundAsync();
        await view.ClickAsync("#labels-load"); // the same are not proposed again
        await view.UntilAsync("!document.getElementById('labels-load').ariaBusy");
        await view.UntilAsync("document.querySelectorAll('#labels-list li').length === 10");
        await view.AskAsync<object?>("document.querySelector('#labels-list .listen').focus()");
        await TypeAsync(view, 10);
        await view.UntilShownAsync("#labels-none"); // it has looked again by itself
        Assert.Equal(spoken.ToDictionary(s => s.Key, s => s.Value.Text), await LabelsAsync(service));
        var registry = service.Get<ModelRegistry>();
        await view.UntilAsync($"document.getElementById('labels-count').innerText.includes('{Count} labels')", "the tuner lists them");
        Assert.All(LabelCatalogue.Read(registry).Labels, l => Assert.Null(l.Problem));

        PublishEncoder(service, registry);
        await view.UntilAsync("/^ssl@[0-9]+ serves$/.test(document.getElementById('state').textContent)", "it serves", LearningLimit);
        await view.UntilAsync("!document.getElementById('beginning').checkVisibility()");
        var unheard = Tones.Utterances(1, seed: 3)[0];
        await view.DropAsync(TestAudio.Wav(unheard.Samples.Span), "unheard.wav");
        await view.UntilShownAsync("#result .word");
        var words = string.Join(' ', await view.TextsAsync("#result .said"));
        Assert.True(ErrorRate.Characters(unheard.Text, words).Rate < MaxError, $"said '{unheard.Text}', heard '{words}'");

        await SendAsync(service, Tones.Utterances(4, seed: 5));
        await view.ClickAsync("#labels-load");
        await view.UntilAsync("document.querySelectorAll('#labels-list li').length === 4");
        Assert.Contains(await view.AskAsync<string[]>("[...document.querySelectorAll('#labels-list textarea')].map((t) => t.value)"),
            text => text.Length > 0); // what the recognizer hears, to be corrected
        await view.AssertSoundAsync();
    }

    /// <summary>With the focus on a button to listen: Enter, the text, Enter; the next button to listen has the focus then.</summary>
    async Task TypeAsync(PageView view, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var segment = await view.AskAsync<string>($"{Active}.dataset.segment");
            var utterance = spoken[segment.Split('-')[2]];
            await view.PressAsync(Key.Enter);
            await view.UntilAsync("document.activeElement.tagName === 'TEXTAREA'");
            await view.UntilAsync($"{Active}.querySelector('audio').currentTime > 0.05", "it is heard");
            var seconds = await view.AskAsync<double>($"{Active}.querySelector('audio').duration");
            Assert.Equal(AudioFormat.SecondsOf(utterance.Samples.Length), seconds, 0.01);
            Assert.Equal("", await view.AskAsync<string>("document.activeElement.value")); // there is no recognizer
            await view.TypeAsync($"[data-segment='{segment}'] textarea", utterance.Text);
            await view.PressAsync(Key.Enter);
            await view.UntilAsync($"document.querySelector(`#labels-list [data-segment='{segment}']`) === null", "it is saved");
        }
    }

    static async Task SendAsync(PageService service, IEnumerable<LabelledUtterance> utterances)
    {
        foreach (var utterance in utterances)
        {
            var pcm = MemoryMarshal.AsBytes(utterance.Samples.Span).ToArray();
            await service.Get<KafkaClients>().DeliverAsync(Topics.AudioSegments,
                SegmentMessages.ToMessage(new AudioSegment { Id = utterance.Id, StreamId = utterance.Id, Pcm = pcm }), Ct);
        }
    }

    /// <summary>Texts on the topic of labels by the audio that came with them; of as many as came within the limit.</summary>
    static async Task<Dictionary<string, string>> LabelsAsync(PageService service)
    {
        var labels = new Dictionary<string, string>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(ReadingLimit);
        await foreach (var label in AnnouncementFollower.FollowAsync(service.Get<KafkaClients>(), Topics.AudioLabeled, limit.Token))
        {
            var audio = AudioDecoder.Decode(label.Value!, label.Header(MessageHeaders.ContentType), DecodeLimits.OfLabel);
            labels[AudioId.Of(audio.Samples)] = label.Header(MessageHeaders.Text)!;
            if (labels.Count == Count)
                break;
        }
        return labels;
    }

    static void PublishEncoder(PageService service, ModelRegistry registry)
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var manifest = registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = ModelHealth.Healthy },
            registry.AcquireEpoch("learner"), path => ModelFolder.SaveEncoder(path, encoder));
        var announcement = new EncoderAnnouncement
        {
            Number = manifest.Number,
            Created = manifest.Created,
            AudioSecondsTrained = 0,
            Steps = 0,
            Epoch = manifest.Epoch,
        };
        service.Get<KafkaClients>().Producer.Produce(Topics.Encoders, new Message<byte[]?, byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(EncoderAnnouncement.Key),
            Value = JsonSerializer.SerializeToUtf8Bytes(announcement, ContractJson.Default.EncoderAnnouncement),
        });
    }
}
