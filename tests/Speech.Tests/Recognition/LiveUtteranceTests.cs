using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Speech.Tests.Recognition;

/// <summary>With random weights: what is heard means nothing, but must be heard the same way.</summary>
public sealed class LiveUtteranceTests : IDisposable
{
    const int Step = 4_000;

    static readonly Vocabulary Letters = Vocabulary.FromTexts(["ab c"]);
    readonly Recognizer recognizer = new(
        new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny with { InitializerRange = 0.3 }, seed: 3), Letters.Size), Letters,
        LetterNGrams.Estimate(["ab c", "c ab", "b"], 3, Letters));

    public void Dispose() => recognizer.Dispose();

    [Fact]
    public void A_short_utterance_at_once_has_the_text_that_it_has_whole()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var clip = Noise(3, seed);
            var heard = recognizer.Listen(new LiveContext()).Hear(clip, ends: true);
            Assert.Equal(recognizer.Transcribe([clip])[0].Text, string.Join(' ', heard.Words.Select(w => w.Word)));
            Assert.Empty(heard.Open);
        }
    }

    [Fact]
    public void A_long_utterance_in_steps_gives_words_in_order_before_it_ends()
    {
        var (clip, utterance) = (Noise(40, seed: 1), recognizer.Listen(new LiveContext()));
        var (given, early) = (new List<(string Word, double Start, double End)>(), 0);
        for (var start = 0; start < clip.Length; start += Step)
        {
            var ends = start + Step >= clip.Length;
            var heard = utterance.Hear(clip.AsMemory(start, Math.Min(Step, clip.Length - start)), ends);
            given.AddRange(heard.Words.Select(w => (w.Word, w.StartSeconds, w.EndSeconds)));
            early = ends ? early : given.Count;
        }
        Assert.True(early > given.Count / 2, $"{early} of {given.Count} words before the end");
        Assert.InRange(given[^1].End, 30, 40);
        foreach (var (before, after) in given.Zip(given.Skip(1)))
            Assert.InRange(after.Start, before.Start - 0.5, 40); // a later step may align a word a little earlier
    }

    [Fact]
    public void A_text_whose_beginning_is_known_begins_with_it()
    {
        int[] word = [Letters.LabelOf("a"), Letters.LabelOf("b")];
        var search = new BeamDecoder(Letters, null, new DecodingRecipe());
        var frames = new float[6 * Letters.Size];
        Array.Fill(frames, MathF.Log(0.01f));
        for (var frame = 0; frame < 6; frame++)
            frames[frame * Letters.Size + Letters.LabelOf("c")] = MathF.Log(0.9f); // says c throughout
        Assert.Equal([Letters.LabelOf("c")], search.Decode(frames).Labels);
        var labels = search.Decode(frames, new KnownText([], word)).Labels;
        Assert.Equal([.. word, Letters.DelimiterLabel, Letters.LabelOf("c")], labels);
    }

    static short[] Noise(int seconds, int seed)
    {
        var (random, level) = (new Random(seed), 0.0);
        return [.. Enumerable.Range(0, seconds * 16_000).Select(i =>
        {
            level = i % 1600 == 0 ? random.NextDouble() * 8000 : level;
            return (short)(level * Math.Sin(i * (0.02 + level / 20_000)) + random.Next(-200, 200));
        })];
    }
}
