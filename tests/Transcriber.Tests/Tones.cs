using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tests;

/// <summary>
/// Speech that a small model learns in seconds: each letter is a tone of its own, spoken for 120 to 200 ms with noise, words parted by
/// silence.
/// </summary>
static class Tones
{
    const int SampleRateHz = 16_000;
    const string Letters = "abcdef";

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

    public static short[] Speak(string text, Random random)
    {
        var samples = new List<short>();
        Silence(samples, 0.1, random);
        foreach (var letter in text)
        {
            if (letter == ' ')
                Silence(samples, 0.2, random);
            else
                Tone(samples, 250 * Math.Pow(1.45, Letters.IndexOf(letter)), 0.12 + 0.08 * random.NextDouble(), random);
        }
        Silence(samples, 0.1, random);
        return [.. samples];
    }

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
        var words = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Letters[random.Next(Letters.Length)])]));
        var text = string.Join(' ', words);
        return new LabelledUtterance(id, text, Speak(text, random));
    }

    static void Tone(List<short> samples, double hz, double seconds, Random random)
    {
        var count = (int)(seconds * SampleRateHz);
        for (var i = 0; i < count; i++)
        {
            var edge = Math.Min(1, Math.Min(i, count - i) / 320.0); // 20 ms in and out
            samples.Add((short)(6000 * edge * Math.Sin(2 * Math.PI * hz * i / SampleRateHz) + Noise(random)));
        }
    }

    static void Silence(List<short> samples, double seconds, Random random)
    {
        for (var i = 0; i < (int)(seconds * SampleRateHz); i++)
            samples.Add((short)Noise(random));
    }

    static double Noise(Random random) => 60 * (random.NextDouble() - 0.5);
}
