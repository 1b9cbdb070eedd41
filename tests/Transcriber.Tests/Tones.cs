using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tests;

/// <summary>Labelled <see cref="ToneSpeech"/>, and a model and a recipe that learn it in seconds.</summary>
static class Tones
{
    /// <summary>Updates after which <see cref="Recipe"/> spells unheard tones with a few errors (measured: CER 0.03 to 0.1).</summary>
    public const int Updates = 300;

    public static Wav2Vec2BertConfig SmallEncoder { get; } =
        Wav2Vec2BertConfig.Tiny with { HiddenSize = 64, NumHiddenLayers = 2, IntermediateSize = 128 };

    public static FineTuningRecipe Recipe { get; } =
        new() { BatchAudioSeconds = 5, LearningRate = 8.5e-3, Dropout = 0, ChannelMasks = 0, TimeMaskStarts = 0 };

    public static IReadOnlyList<LabelledUtterance> Utterances(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Utterance($"tone-{seed}-{i}", random))];
    }

    public static TrainingSet Labels(int count) => new(Utterances(count, seed: 1));

    /// <summary>Writes recordings and their manifest; returns the manifest's path.</summary>
    public static string Write(string folder, params (string Split, IReadOnlyList<LabelledUtterance> Utterances)[] parts)
    {
        Directory.CreateDirectory(folder);
        var lines = parts.SelectMany(p =>
            p.Utterances.Select(u => $$"""{"audio_filepath": "{{u.Id}}.wav", "text": "{{u.Text}}", "split": "{{p.Split}}"}"""));
        foreach (var utterance in parts.SelectMany(p => p.Utterances))
            File.WriteAllBytes(Path.Combine(folder, utterance.Id + ".wav"), TestAudio.Wav(utterance.Samples.Span));
        var manifest = Path.Combine(folder, "manifest.jsonl");
        File.WriteAllLines(manifest, lines);
        return manifest;
    }

    static LabelledUtterance Utterance(string id, Random random)
    {
        var text = ToneSpeech.Text(random);
        return new LabelledUtterance(id, text, ToneSpeech.Speak(text, random));
    }
}
