using System.Text.Json;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Speech.Tests.Model;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Decoding;

public sealed class BeamDecoderTests
{
    /// <summary>The reference's weights, and a search that leaves next to nothing out.</summary>
    static readonly DecodingRecipe AsReference = new()
    {
        BeamWidth = 256,
        MinLabelScore = -100,
        MinBeamScore = -100,
        WordModelWeight = 0.5,
        WordBonus = 1.0,
        UnknownWordScore = -10
    };

    static readonly Vocabulary Letters = Vocabulary.FromTexts(["ab"]);

    /// <summary>
    /// What the reference prunes (width 64) is missing in its sums, so that it misses some texts by a hair: where ours is another, over all
    /// its alignments it must be as probable (to 0.3 of 20 to 50).
    /// </summary>
    [Theory]
    [InlineData("beam", null, 6)]
    [InlineData("beam_lm", "words.arpa", 9)]
    public void It_finds_the_text_of_the_reference_or_one_as_probable(string field, string? languageModel, int equal)
    {
        var vocabulary = new TokenizerFiles(SharedFolder.Reference("tokenizer"), null).Vocabulary(32, out _);
        var language = languageModel is null ? null
            : ILanguageModel.Of(ArpaFile.Read(SharedFolder.Reference(languageModel)), null, vocabulary, AsReference);
        var decoder = new BeamDecoder(vocabulary, language, AsReference);
        var logProbabilities = new ReferenceTensors("decoding.safetensors");
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("decoding.json")));
        foreach (var expected in cases.RootElement.EnumerateArray())
        {
            using var frames = logProbabilities[expected.GetProperty("case").GetInt32().ToString()].log_softmax(-1);
            var labels = decoder.Decode(frames.data<float>().ToArray()).Labels;
            var (ours, theirs) = (labels[^1] == vocabulary.DelimiterLabel ? labels[..^1]
                : labels, vocabulary.Encode(expected.GetProperty(field).GetString()!));
            equal -= ours.SequenceEqual(theirs) ? 1 : 0;
            Assert.True(Score(frames, ours, language) > Score(frames, theirs, language) - 0.3,
                $"case {expected.GetProperty("case")}: {Score(frames, ours, language)}, the reference's {Score(frames, theirs, language)}");
        }
        Assert.InRange(equal, -12, 0);
    }

    [Theory]
    [InlineData(null, "bab")]
    [InlineData("Abba", "abba")] // 0.3 against 0.7 at each letter
    [InlineData("abbaa", "bab")] // a word that turns out to be another gets nothing
    [InlineData("zoe", "bab")] // the vocabulary lacks it
    public void A_word_is_heard_when_it_is_hinted_at(string? hint, string expected)
    {
        var (a, b, blank) = (Letters.Encode("a")[0], Letters.Encode("b")[0], Vocabulary.BlankLabel);
        (int, double)[][] frames =
            [[(a, 0.3), (blank, 0.7)], [(b, 1)], [(blank, 1)], [(b, 0.3), (blank, 0.7)], [(blank, 1)], [(a, 1)], [(b, 0.7), (blank, 0.3)]];
        var output = new CtcOutput([.. frames.SelectMany(frame => Frames(1, frame))], [], 1);
        var words = new CtcDecoder(Letters).Decode(output, hint is null ? [] : [hint]);
        Assert.Equal(expected, string.Join(' ', words.Select(w => w.Word)));
    }

    /// <summary>
    /// It prunes as transformers lets pyctcdecode do. The reference's texts are of its <c>decode</c>, which also drops texts that n-grams
    /// cannot tell apart any more (with that, all twelve were equal).
    /// </summary>
    [Theory]
    [InlineData("beam", null)]
    [InlineData("beam_lm", "words.arpa")]
    public void The_search_of_pyctcdecode_finds_its_texts(string field, string? languageModel)
    {
        var vocabulary = new TokenizerFiles(SharedFolder.Reference("tokenizer"), null).Vocabulary(32, out _);
        var recipe = new DecodingRecipe { BeamWidth = 64, WordModelWeight = 0.5, WordBonus = 1.0, UnknownWordScore = -10 };
        var language = languageModel is null ? null
            : ILanguageModel.Of(ArpaFile.Read(SharedFolder.Reference(languageModel)), null, vocabulary, recipe);
        var logProbabilities = new ReferenceTensors("decoding.safetensors");
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("decoding.json")));
        var equal = cases.RootElement.EnumerateArray().Count(expected =>
        {
            using var frames = logProbabilities[expected.GetProperty("case").GetInt32().ToString()].log_softmax(-1);
            var labels = new PyctcdecodeBeam(vocabulary, language, recipe).Decode(frames.data<float>().ToArray()).Labels;
            return expected.GetProperty(field).GetString()!.Trim()
                == string.Concat(labels.Select(l => l == vocabulary.DelimiterLabel ? " " : vocabulary.Tokens[l])).Trim();
        });
        Assert.InRange(equal, 10, 12);
    }

    /// <summary>All alignments of two frames, added up by hand.</summary>
    [Fact]
    public void Alignments_of_one_text_add_up()
    {
        var (a, b) = (Letters.Encode("a")[0], Letters.Encode("b")[0]);
        // Greedy reads nothing: blank is the best of each frame (0.4). But "a" has 0.35 * 0.35 + 2 * 0.35 * 0.4 = 0.4025 against 0.16.
        var logProbabilities = Frames(2, (Vocabulary.BlankLabel, 0.4), (a, 0.35), (b, 0.25));
        var (labels, score) = new BeamDecoder(Letters, null, new DecodingRecipe { BeamWidth = 100 }).Decode(logProbabilities);
        Assert.Equal([a], labels);
        Assert.Equal(Math.Log(0.4025), score, 5);
    }

    [Fact]
    public void A_model_of_letters_decides_between_sounds_that_are_alike()
    {
        var (a, b) = (Letters.Encode("a")[0], Letters.Encode("b")[0]);
        var logProbabilities = Frames(1, (a, 0.48), (b, 0.5), (Vocabulary.BlankLabel, 0.02));
        string Heard(string[] texts)
        {
            var options = new DecodingRecipe { LetterModelWeight = 1 };
            var language = ILanguageModel.Of(LetterNGrams.Estimate(texts, 3, Letters), null, Letters, options);
            return string.Concat(new BeamDecoder(Letters, language, options).Decode(logProbabilities)
                .Labels.Select(l => Letters.Tokens[l]));
        }
        Assert.Equal("a", Heard(["a", "a", "ab"]));
        Assert.Equal("b", Heard(["b", "b", "ba"]));
    }

    /// <summary>"a" and "ab" thrice each: another word has the odds 1 to 7.</summary>
    [Theory]
    [InlineData("a", 0)]
    [InlineData("ab", 0)]
    [InlineData("a|ab", 0)]
    [InlineData("b", 1)]
    [InlineData("aba", 1)]
    [InlineData("abab", 1)]
    [InlineData("b|b|a", 2)]
    [InlineData("a|", 0)]
    public void Beside_n_grams_of_letters_a_word_that_is_not_known_pays_once(string written, int unknown)
    {
        Assert.Equal(2 * unknown * Math.Log(1.0 / 7), Extra(["a", "ab", "a", "ab", "a", "ab"], written), 6);
        Assert.Equal(0, Extra(["a", "ab"], written), 9);
    }

    [Fact]
    public void The_beginning_of_a_known_word_is_not_known() => Assert.Equal(2 * Math.Log(1.0 / 4), Extra(["ab", "ab", "ab"], "a"), 6);

    /// <summary>What known words add to the score of a text.</summary>
    static double Extra(string[] texts, string written)
    {
        var (options, letters) = (new DecodingRecipe { KnownWordWeight = 2 }, LetterNGrams.Estimate(texts, 3, Letters));
        return Written(ILanguageModel.Of(letters, KnownWords.Estimate(texts), Letters, options))
            - Written(ILanguageModel.Of(letters, null, Letters, options));

        double Written(ILanguageModel language)
        {
            var (total, state) = (0.0, language.Beginning);
            foreach (var letter in written)
            {
                var (score, next) = language.Write(state, Letters.Tokens.ToList().IndexOf($"{letter}"));
                (total, state) = (total + score, next);
            }
            return total + language.Finish(state);
        }
    }

    [Fact]
    public void A_word_with_a_letter_that_cannot_be_written_is_not_known_without_it()
    {
        var options = new DecodingRecipe { WordModelWeight = 1, WordBonus = 0 };
        double Whole(string word)
        {
            var language = ILanguageModel.Of(ArpaFile.Read(
                new StringReader($"\\data\\\nngram 1=2\n\n\\1-grams:\n-1 {word}\n-9 <unk>\n\\end\\"), "words"), null, Letters, options);
            return Letters.Encode("ab").Aggregate((Score: 0.0, State: language.Beginning), (at, label) =>
                language.Write(at.State, label) is var (score, next) ? (at.Score + score, next) : at) is var end
                ? end.Score + language.Finish(end.State) : 0;
        }
        Assert.Equal(-1 * NGramModel.Ln10, Whole("ab"), 9);
        Assert.True(Whole("axb") < -10, "unknown");
    }

    [Fact]
    public void Nothing_is_heard_in_no_frames() => Assert.Empty(new BeamDecoder(Letters, null, new DecodingRecipe()).Decode([]).Labels);

    /// <summary>All alignments of a text, by torch's CTC loss, with the language model's score.</summary>
    static double Score(Tensor frames, int[] labels, ILanguageModel? language)
    {
        using var loss = nn.functional.ctc_loss(frames.unsqueeze(1), tensor(labels.Select(l => (long)l).ToArray()),
            tensor(new[] { frames.shape[0] }), tensor(new[] { (long)labels.Length }), reduction: nn.Reduction.Sum);
        var (total, state) = (-(double)loss.item<float>(), language?.Beginning ?? default);
        foreach (var label in labels)
        {
            var (score, next) = language?.Write(state, label) ?? default;
            (total, state) = (total + score, next);
        }
        return total + (language?.Finish(state) ?? 0);
    }

    static float[] Frames(int count, params (int Label, double Probability)[] probabilities)
    {
        var frames = new float[count * Letters.Size];
        Array.Fill(frames, -30f);
        for (var frame = 0; frame < count; frame++)
            foreach (var (label, probability) in probabilities)
                frames[frame * Letters.Size + label] = (float)Math.Log(probability);
        return frames;
    }
}
