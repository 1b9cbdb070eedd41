using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.TestKit;
using Ssl.Transcriber.Tests.Tuning.Promotion;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Labels;
using Ssl.Transcriber.Tuning.Promotion;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tests;

/// <summary>
/// English audiobooks and German sentences as two lines on one encoder, with manifests as an operator has them. As little labelled speech
/// and as few updates as show the difference: about two minutes of a core.
/// </summary>
public sealed class SpokenLinesTests : IDisposable
{
    const string German = "german";
    const int Updates = 400; // 250 did not tell them apart
    const int TrainRecordings = 120;
    const int GateRecordings = 30;
    const int UnheardRecordings = 40;
    const double MaxSeconds = 6;
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(20); // below that of deploy/test.sh

    readonly TestRegistry test = new();
    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        test.Dispose();
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public void Each_line_has_a_recognizer_that_is_better_on_its_own_speech()
    {
        limit.CancelAfter(Limit);
        var (english, german) = (Corpus("read-speech"), Corpus("german"));
        TorchRuntime.UseThreads(1);
        test.Restart(new FineTuningRecipe { HeadOnlyShare = 0 }, updates: Updates); // the encoder is not pretrained
        var (encoder, epoch) = (test.PublishEncoder(), test.Registry.AcquireEpoch("transcriber"));
        var lines = new TuningLines([(ModelId.DefaultLine, Labels(english)), (German, Labels(german))]);
        var sets = new LabelledSets(lines, LabelStore.Open(folder.File("store")), test.Registry, NullLogger<LabelledSets>.Instance)
            .Read(() => { }, limit.Token);
        var schedule = new LineSchedule(test.Registry);
        while (schedule.Next(encoder, sets) is { } labels)
        {
            Assert.Null(labels.Unusable);
            Assert.Equal(RoundResult.Published, test.Round.Run(new RoundOrder(encoder, labels), epoch, () => { }, limit.Token));
            schedule.Done(labels, encoder, sets);
        }
        Assert.All(test.Registry.List(ModelKind.Recognizer), m => Assert.Equal(encoder, m.EncoderNumber));
        using var ofEnglish = Champion(ModelId.DefaultLine);
        using var ofGerman = Champion(German);
        Assert.True(Error(ofEnglish, english) < Error(ofGerman, english));
        Assert.True(Error(ofGerman, german) < Error(ofEnglish, german));
    }

    Recognizer Champion(string line)
    {
        var number = test.Registry.Aliases()[ModelId.KeyOf(line, ModelId.Champion)].Number;
        return ModelFolder.LoadRecognizer(test.Registry.Open(ModelKind.Recognizer, number, out _)!.Path);
    }

    /// <summary>Character error on recordings that neither training nor gate has.</summary>
    double Error(Recognizer recognizer, SpokenCorpus corpus)
    {
        var unheard = corpus.Unheard.Select(r =>
            new LabelledUtterance(r.Id, new TextPolicy().Apply(r.Text), AudioFile.Read(r.AudioPath).Samples));
        var error = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, [.. unheard], limit.Token).CharacterErrorRate;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"recognizer of {recognizer.Vocabulary.Size} tokens on {corpus.Name}: character error {error:0.000}");
        return error;
    }

    static LabelOptions Labels(SpokenCorpus corpus) => new() { ManifestPath = corpus.ManifestPath };

    /// <summary>Short recordings of a set, in an order that depends on nothing else.</summary>
    SpokenCorpus Corpus(string name)
    {
        var all = LabelledManifest.Read(SharedFolder.Data(Path.Combine(name, "manifest.jsonl"))).Entries
            .Where(r => r.DurationSeconds <= MaxSeconds).ToArray();
        new Random(1).Shuffle(all);
        LabelledRecording[] train = [.. all.Where(r => r.Split == "train").Take(TrainRecordings)];
        LabelledRecording[] heldOut = [.. all.Where(r => r.Split == "test").Take(GateRecordings + UnheardRecordings)];
        var manifest = folder.File($"{name}.jsonl");
        File.WriteAllLines(manifest, train.Concat(heldOut.Take(GateRecordings)).Select(r =>
            JsonSerializer.Serialize(new { audio_filepath = r.AudioPath, text = r.Text, split = r.Split, speaker = r.Speaker })));
        return new SpokenCorpus(name, manifest, heldOut[GateRecordings..]);
    }

    sealed record SpokenCorpus(string Name, string ManifestPath, IReadOnlyList<LabelledRecording> Unheard);
}
