using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.FineTuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

/// <summary>Recordings in which each word is one letter and lasts ten frames, whose features are that letter's label.</summary>
public sealed class SplicerTests
{
    const int Frames = 60;
    static readonly string[] Texts = ["a b c", "d e", "f g h i j k"];
    static readonly Vocabulary Letters = Vocabulary.FromTexts(Texts);

    [Fact]
    public void A_sentence_says_what_its_pieces_say()
    {
        using var scope = NewDisposeScope();
        using var splicer = new Splicer(Letters, maxWords: 2);
        Hear(splicer, Texts);
        var random = new Random(1);
        var sentences = Enumerable.Range(0, 50).Select(_ => splicer.Next(Frames, random)!.Value).ToArray();
        Assert.All(sentences, sentence =>
        {
            Assert.InRange(sentence.Features.shape[0], 0.7 * Frames, Frames);
            Assert.Equal(sentence.Text, Said(sentence.Features));
        });
        Assert.True(sentences.Select(s => s.Text).Distinct().Count() > 40);
        Assert.Equal("abcdefghijk", string.Concat(sentences.SelectMany(s => s.Text).Where(c => c != ' ').Distinct().Order()));
        Assert.Contains(sentences, s => s.Text.Contains("a b", StringComparison.Ordinal)); // a piece may have two words
    }

    [Fact]
    public void There_is_none_without_words_enough_to_fill_it()
    {
        using var scope = NewDisposeScope();
        using var splicer = new Splicer(Letters, 2);
        Assert.Null(splicer.Next(Frames, new Random(1)));
        Hear(splicer, Texts);
        Assert.Null(splicer.Next(9, new Random(1)));
    }

    [Fact]
    public void Words_come_from_the_latest_uses()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        using (var splicer = new Splicer(Letters, 2))
        {
            Hear(splicer, [.. Texts[..2], .. Enumerable.Repeat(Texts[2], Splicer.MaxRecordings)]);
            Assert.All(Said(splicer.Next(Frames, new Random(1))!.Value.Features)
                .Where(c => c != ' '), letter => Assert.Contains(letter, Texts[2]));
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("", "________")]
    [InlineData("bb", "bb")] // a blank must part them: it does not fit
    public void A_text_that_cannot_be_aligned_is_skipped(string text, string spoken)
    {
        using var scope = NewDisposeScope();
        using var splicer = new Splicer(Letters, 2);
        splicer.Add(new TrainingBatch(Speech([spoken.Length]), [Letters.Encode(text)], [zeros(spoken.Length, 1)], 1),
            zeros(1, Frames, Letters.Size));
        Assert.Null(splicer.Next(spoken.Length, new Random(1)));
    }

    [Fact]
    public void A_spliced_utterance_is_not_spliced_from()
    {
        using var scope = NewDisposeScope();
        using var splicer = new Splicer(Letters, 2);
        splicer.Add(new TrainingBatch(Speech([30]), [Letters.Encode(Texts[0])], [null], 1), zeros(1, Frames, Letters.Size));
        Assert.Null(splicer.Next(30, new Random(1)));
    }

    static string Said(Tensor features) =>
        string.Join(' ', features.data<float>().ToArray().Chunk(10).Select(word => Letters.Tokens[(int)word.Distinct().Single()]));

    static void Hear(Splicer splicer, string[] texts)
    {
        using var scope = NewDisposeScope();
        splicer.Add(new TrainingBatch(Speech([.. texts.Select(text => 10L * Words(text).Length)]), [.. texts.Select(Letters.Encode)],
            [.. texts.Select(Features)], 1), Logits(texts));
    }

    static SpeechBatch Speech(long[] frameCounts) =>
        new(empty(0), ones(frameCounts.Length, Frames, dtype: ScalarType.Bool), frameCounts, 1);

    /// <summary>Each word in the middle of its ten frames, so that the middle between two is where one ends.</summary>
    static Tensor Logits(string[] texts)
    {
        var logits = zeros(texts.Length, Frames, Letters.Size);
        logits[TensorIndex.Colon, TensorIndex.Colon, Vocabulary.BlankLabel] = 5;
        for (var text = 0; text < texts.Length; text++)
        {
            var words = Words(texts[text]);
            for (var word = 0; word < words.Length; word++)
            {
                foreach (var frame in new[] { 4, 5 })
                    logits[text, 10 * word + frame, Letters.Encode(words[word])[0]] = 20;
                if (word > 0)
                    logits[text, 10 * word, Letters.DelimiterLabel] = 20;
            }
        }
        return logits;
    }

    static Tensor Features(string text) =>
        tensor(Words(text).SelectMany(word => Enumerable.Repeat((float)Letters.Encode(word)[0], 10)).ToArray()).unsqueeze(1);

    static string[] Words(string text) => text.Split(' ');
}
