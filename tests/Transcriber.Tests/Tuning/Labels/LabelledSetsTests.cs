using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Labels;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

/// <summary>Manifests and topic together, divided, and listed in the registry.</summary>
public sealed class LabelledSetsTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly LabelStore store;
    readonly ModelRegistry registry;
    long offset;

    public LabelledSetsTests()
    {
        store = LabelStore.Open(folder.File("tuner"));
        registry = new(new RegistryOptions { Path = folder.File("registry") }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_label_of_the_topic_corrects_the_manifest_and_a_removal_takes_its_own_away()
    {
        var (train, test) = (Tones.Utterances(10, seed: 1), Tones.Utterances(6, seed: 2));
        var sets = Sets(Tones.Write(folder.File("labels"), ("train", train), ("test", test)));
        var set = Read(sets);
        Assert.Equal((10, 6, null), (set.Train.Count, set.HeldOut.Count + set.HiddenGate.Count, set.Unusable));
        Assert.NotEmpty(set.HiddenGate);
        Assert.Same(set, Read(sets)); // nothing has changed

        Put("fix", train[3].Samples, "fed", split: null);
        Put("more", Tones.Utterances(1, seed: 3)[0].Samples, "added", split: "train", speaker: "eve");
        set = Read(sets);
        Assert.Equal(11, set.Train.Count);
        Assert.Equal("fed", set.Train.Single(u => u.Samples.Span.SequenceEqual(train[3].Samples.Span)).Text);
        Assert.Equal("eve", set.Train.Single(u => u.Id == "more").Speaker);

        Assert.True(store.Remove("fix") && store.Remove("more"));
        set = Read(sets);
        Assert.Equal(10, set.Train.Count);
        Assert.Equal(train[3].Text, set.Train.Single(u => u.Samples.Span.SequenceEqual(train[3].Samples.Span)).Text);
    }

    [Fact]
    public void Before_the_first_round_labels_that_have_settled_are_listed_with_those_of_the_manifest()
    {
        var (train, test) = (Tones.Utterances(10, seed: 1), Tones.Utterances(6, seed: 2));
        var sets = Sets(Tones.Write(folder.File("labels"), ("train", train), ("test", test)));
        Put("more", Tones.Utterances(1, seed: 3)[0].Samples, "added", split: "train");
        sets.ReadSettled(Ct);
        Assert.Empty(LabelCatalogue.Read(registry).Labels); // more may arrive
        sets.ReadSettled(Ct);
        Assert.Equal(17, LabelCatalogue.Read(registry).Labels.Count);
    }

    [Fact]
    public void Another_tuner_of_the_registry_divides_alike_and_a_list_says_what_is_where()
    {
        foreach (var utterance in Tones.Utterances(30, seed: 1))
            Put(utterance.Id, utterance.Samples, utterance.Text);
        var set = Read(Sets(null));
        var gate = set.HeldOut[0];
        Assert.NotEmpty(set.HiddenGate);
        foreach (var utterance in set.HeldOut.Concat(set.HiddenGate).Skip(1))
            store.Remove(utterance.Id); // with the gate almost empty, new ones fill it
        foreach (var utterance in Tones.Utterances(30, seed: 2))
            Put(utterance.Id, utterance.Samples, utterance.Text);
        var second = Read(Sets(null)); // as a second process with the same labels
        Assert.Contains(second.HeldOut, u => u.Id == gate.Id);
        Assert.All(set.Train, u => Assert.Contains(second.Train, t => t.Id == u.Id));

        var catalogue = LabelCatalogue.Read(registry);
        Assert.Equal(second.Train.Count + second.HeldOut.Count + second.HiddenGate.Count, catalogue.Labels.Count);
        var entry = catalogue.Labels.Single(l => l.Id == gate.Id);
        Assert.Equal((LabelPart.Gate, "ssl", gate.Text, "audio.labeled"), (entry.Part, entry.Line, entry.Text, entry.Source!.Topic));
    }

    [Fact]
    public void The_index_in_the_registry_finds_the_audio_of_manifest_and_topic_whatever_their_parts()
    {
        var (train, test) = (Tones.Utterances(10, seed: 1), Tones.Utterances(6, seed: 2));
        Put("more", Tones.Utterances(1, seed: 3)[0].Samples, "added", split: "train");
        var set = Read(Sets(Tones.Write(folder.File("labels"), ("train", train), ("test", test))));
        var index = LabelIndex.Read(registry)!;
        var audio = new LabelledAudio(index.AllWindows);
        Assert.All([.. set.Train, .. set.HeldOut, .. set.HiddenGate], u => Assert.True(audio.Holds(u)));
        Assert.All(Tones.Utterances(5, seed: 4), other => Assert.False(audio.Holds(other)));
        Assert.Equal(17 * AcousticVector.Size * sizeof(float), index.AllVectors.Length);
    }

    [Fact]
    public void Training_audio_that_contains_a_part_of_the_gate_is_left_out()
    {
        var utterances = Tones.Utterances(4, seed: 1);
        Put("gate", utterances[0].Samples, "abc", split: "gate");
        Put("clean", utterances[1].Samples, "abc", split: "train");
        Put("mixed", new short[][] { [.. utterances[2].Samples.Span], [.. utterances[0].Samples.Span[777..5_777]] }
            .SelectMany(s => s).ToArray(), "abc", split: "train");
        var set = Read(Sets(null));
        Assert.Equal(["clean"], set.Train.Select(u => u.Id));
        Assert.Equal("mixed: holds audio of the gate or the hidden gate and is not trained on", Assert.Single(set.Problems).ToString());
    }

    [Fact]
    public void Lines_have_sets_of_their_own_and_know_what_others_hold_out()
    {
        foreach (var utterance in Tones.Utterances(20, seed: 1))
            Put(utterance.Id, utterance.Samples, utterance.Text, line: "german");
        var sets = Sets(null).Read(() => { }, Ct);
        Assert.Equal(["ssl", "german"], sets.Select(s => s.Line));
        Assert.Contains("there are no labels", sets[0].Unusable, StringComparison.Ordinal);
        Assert.Null(sets[1].Unusable);
        Assert.Equal(sets[1].HeldOut.Concat(sets[1].HiddenGate), sets[0].HeldOutElsewhere);
    }

    [Fact]
    public void Labels_of_a_line_wait_while_it_has_no_settings_and_are_as_before_when_it_has_some()
    {
        var (train, test, topic) = (Tones.Utterances(10, seed: 1), Tones.Utterances(6, seed: 2), Tones.Utterances(3, seed: 3));
        var german = ("german", new LabelOptions { ManifestPath = Tones.Write(folder.File("labels"), ("train", train), ("test", test)) });
        Put("early", topic[0].Samples, "early", split: "gate", line: "german");
        var first = SetsOf(("ssl", new LabelOptions()), german).Read(() => { }, Ct)[1];

        Put("late", topic[1].Samples, "late", split: "train", line: "german");
        Assert.Equal("ssl", Assert.Single(SetsOf(("ssl", new LabelOptions())).Read(() => { }, Ct)).Line);
        var listed = LabelCatalogue.Read(registry).Labels;
        Assert.Equal(18, listed.Count);
        Assert.All(listed, l => Assert.Contains("there is no line 'german'", l.Problem, StringComparison.Ordinal));
        Assert.Equal((LabelPart.Gate, null),
            (listed.Single(l => l.Id == "early").Part, listed.Single(l => l.Id == "late").Part));
        var index = LabelIndex.Read(registry)!;
        var audio = new LabelledAudio(index.AllWindows);
        Assert.All(train.Concat(test).Concat(topic.Take(2)), u => Assert.True(audio.Holds(u)));
        Assert.False(audio.Holds(topic[2]));
        Assert.Equal(18 * AcousticVector.Size * sizeof(float), index.AllVectors.Length);

        store.Remove("early");
        SetsOf(("ssl", new LabelOptions())).Read(() => { }, Ct);
        Assert.False(new LabelledAudio(LabelIndex.Read(registry)!.AllWindows).Holds(topic[0]));
        var again = SetsOf(("ssl", new LabelOptions()), german).Read(() => { }, Ct)[1];
        Assert.Equal(first.Train.Select(u => u.Id).Append("late").Order(), again.Train.Select(u => u.Id).Order());
        Assert.Equal(first.HiddenGate.Select(u => u.Id), again.HiddenGate.Select(u => u.Id));
        Assert.All(LabelCatalogue.Read(registry).Labels, l => Assert.Null(l.Problem));
    }

    [Fact]
    public void Speakers_and_domains_of_a_manifest_reach_the_gate()
    {
        File.WriteAllBytes(folder.File("a.wav"), TestAudio.Wav(ToneSpeech.Speak("abc", new Random(1))));
        File.WriteAllBytes(folder.File("b.wav"), TestAudio.Wav(ToneSpeech.Speak("abd", new Random(2))));
        File.WriteAllLines(folder.File("manifest.jsonl"),
        [
            """{"audio_filepath": "a.wav", "text": "abc", "speaker": "eve", "domain": "phone", "split": "gate"}""",
            """{"audio_filepath": "b.wav", "text": "abd", "split": "train"}""",
        ]);
        var gate = Assert.Single(Read(Sets(folder.File("manifest.jsonl"))).HeldOut);
        Assert.Equal(("eve", "phone"), (gate.Speaker, gate.Domain));
    }

    LabelledSets Sets(string? manifest) =>
        SetsOf(("ssl", new LabelOptions { ManifestPath = manifest }), ("german", new LabelOptions()));

    LabelledSets SetsOf(params (string Name, LabelOptions Labels)[] lines) =>
        new(new TuningLines(lines), store, registry, NullLogger<LabelledSets>.Instance);

    static LabelledSet Read(LabelledSets sets) => sets.Read(() => { }, Ct)[0];

    void Put(string id, ReadOnlyMemory<short> samples, string text, string? split = null, string? speaker = null, string line = "ssl") =>
        store.Put(new StoredLabel(id, line, text, speaker, Domain: null, split, ContentType: null, AudioId.Of(samples.Span),
            samples.Length / 16_000.0)
        { Offset = offset++ }, TestAudio.Wav(samples.Span));
}
