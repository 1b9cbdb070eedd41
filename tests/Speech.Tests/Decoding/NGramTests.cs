using Ssl.Shared.Speech.Decoding;
using Ssl.TestKit;

namespace Ssl.Speech.Tests.Decoding;

public sealed class NGramTests
{
    const double Ln10 = 2.302585092994046;
    static readonly Vocabulary Letters = Vocabulary.FromTexts(["abc"]);

    [Fact]
    public void A_seen_n_gram_has_its_own_probability_and_an_unseen_one_the_shorter_one_s_times_the_backoff()
    {
        var model = ArpaFile.Read(SharedFolder.Reference("words.arpa"));
        var (behindTo, state) = model.Score(model.BeginningState, model.TokenOf("the"));
        Assert.Equal(-0.3010 * Ln10, behindTo, 9);
        Assert.Equal(-0.9031 * Ln10, model.Score(state, model.TokenOf("boat")).LogProbability, 9);
        Assert.Equal((-0.3010 - 1.3979) * Ln10, model.Score(state, model.TokenOf("yet")).LogProbability, 9);
        Assert.Equal((-0.3010 - 3.0) * Ln10, model.Score(state, model.TokenOf("unheard")).LogProbability, 9);
    }

    /// <summary>
    /// "ab" and "ac": behind the start a 2 of 2; behind a one b, one c. Six symbols may be written: a, b, c, |, end, unknown.
    /// </summary>
    [Fact]
    public void Contexts_are_mixed_as_Witten_and_Bell_do()
    {
        var model = LetterNGrams.Estimate(["ab", "ac"], 2, Letters);
        double Probability(string behind, string next)
        {
            var state = behind == NGramModel.Start ? model.BeginningState : model.Score(model.BeginningState, model.TokenOf(behind)).State;
            return Math.Exp(model.Score(state, model.TokenOf(next)).LogProbability);
        }
        // One letter: six written symbols, four different: a 2, b 1, c 1, end 2.
        var (a, b) = ((2 + 4 / 6.0) / 10, (1 + 4 / 6.0) / 10);
        Assert.Equal((2 + a) / 3, Probability(NGramModel.Start, "a"), 9);
        Assert.Equal((1 + 2 * b) / 4, Probability("a", "b"), 9);
        Assert.Equal(2 / 4.0 * a, Probability("a", "a"), 9);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void In_every_context_probabilities_add_up_to_one(int order)
    {
        var model = LetterNGrams.Estimate(["abba cab", "cab cab", "bac"], order, Letters);
        foreach (var context in new[] { "", "a", "ab", "abba", "cab c", "ccc" })
        {
            var state = model.BeginningState;
            foreach (var label in Letters.Encode(context))
                state = model.Score(state, model.TokenOf(Letters.Tokens[label])).State;
            Assert.Equal(1, model.Tokens.Where(t => t != NGramModel.Start)
                .Sum(t => Math.Exp(model.Score(state, model.TokenOf(t)).LogProbability)), 9);
        }
    }

    [Theory]
    [InlineData("a b, a b, a b", 1.0 / 8)]
    [InlineData("a b c", 4.0 / 5)]
    [InlineData("a a b", 2.0 / 5)]
    [InlineData("", 1.0 / 2)]
    public void Other_words_are_as_likely_as_those_that_came_once(string texts, double expected)
    {
        var model = KnownWords.Estimate(texts.Split(','));
        double Of(string word) => Math.Exp(model.Score(model.BeginningState, model.TokenOf(word)).LogProbability);
        Assert.Equal(expected, Of(NGramModel.Unknown), 9);
        Assert.Equal(texts.Length == 0 ? expected : 1, model.Tokens.Sum(Of), 9);
    }

    [Fact]
    public void A_model_survives_its_file()
    {
        using var folder = new TemporaryFolder();
        var model = LetterNGrams.Estimate(["abba cab", "cab cab", "bac"], 3, Letters);
        var path = Path.Combine(folder.Path, "lm.arpa");
        ArpaFile.Write(path, model);
        var read = ArpaFile.Read(path);
        Assert.Equal(model.Order, read.Order);
        var (ours, theirs) = (model.BeginningState, read.BeginningState);
        foreach (var label in Letters.Encode("abc cab bcb"))
        {
            var (expected, next) = model.Score(ours, model.TokenOf(Letters.Tokens[label]));
            var (found, after) = read.Score(theirs, read.TokenOf(Letters.Tokens[label]));
            Assert.InRange(found, expected - 1e-5, expected + 1e-5);
            (ours, theirs) = (next, after);
        }
    }

    [Fact]
    public void A_word_may_hold_a_no_break_space_and_counts_may_be_padded_as_IRSTLM_does()
    {
        var model = Read("\\data\\\r\nngram  1=        3\r\n\r\n\\1-grams:\r\n"
            + "-1\ta\u00A0b\t-0.5\r\n-2\t\u3000\r\n-3 <UNK>\r\n\r\n\\end\\\r\n");
        Assert.Equal(["a\u00A0b", "\u3000", NGramModel.Unknown], model.Tokens);
        Assert.Equal(-3 * Ln10, model.Score(NGramModel.EmptyState, -1).LogProbability, 9);
    }

    /// <summary>"a b" was pruned: by backoff -0.5 - 2. "a b a" is there all the same, and "b a" after another word.</summary>
    [Fact]
    public void N_grams_whose_beginning_SRILM_pruned_are_read()
    {
        var model = Read("\\data\\\nngram 1=2\nngram 2=1\nngram 3=1\n\n\\1-grams:\n-1 a -0.5\n-2 b -0.25\n\n\\2-grams:\n-0.7 b a\n\n"
            + "\\3-grams:\n-0.1 a b a\n\n\\end\\");
        var (a, b) = (model.TokenOf("a"), model.TokenOf("b"));
        var (first, afterA) = model.Score(NGramModel.EmptyState, a);
        var (second, afterAB) = model.Score(afterA, b);
        Assert.Equal([-1, -2.5, -0.1], [first / Ln10, second / Ln10, model.Score(afterAB, a).LogProbability / Ln10], Nearly);
        Assert.Equal(-0.7, model.Score(model.Score(NGramModel.EmptyState, b).State, a).LogProbability / Ln10, 9);
    }

    static bool Nearly(double expected, double found) => Math.Abs(expected - found) < 1e-9;

    static NGramModel Read(string text) => ArpaFile.Read(new StringReader(text), "lm.arpa");

    [Theory]
    [InlineData("\\data\\\nngram 1=1\n\n\\1-grams:\n-1 a\n", "ends before")]
    [InlineData("\\data\\\nngram 1=2\n\n\\1-grams:\n-1 a\n\\end\\", "says 2")]
    [InlineData("\\data\\\nngram 1=1\n\n\\1-grams:\nwhat a\n\\end\\", "logarithm")]
    [InlineData("\\data\\\nngram 1=1\n\n\\1-grams:\nNaN a\n\\end\\", "logarithm")]
    [InlineData("\\data\\\nngram 1=1\nngram 2=1\n\n\\1-grams:\n-1 a\n\n\\2-grams:\n-1 b a\n\\end\\", "'b' is not among")]
    [InlineData("\\data\\\nngram 1=1\nngram 2=1\n\n\\1-grams:\n-1 a\n\n\\2-grams:\n-1 a b\n\\end\\", "not among")]
    [InlineData("\\data\\\nngram 1=2\n\n\\1-grams:\n-1 a\n-1 a\n\\end\\", "twice")]
    [InlineData("\\data\\\nngram 1=1\n\n\\3-grams:\n-1 a\n\\end\\", "expected \\1-grams:")]
    [InlineData("", "ends before")]
    public void A_file_with_a_fault_is_refused_by_line(string text, string why)
    {
        var fault = Assert.Throws<FormatException>(() => Read(text));
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("lm.arpa, line ", fault.Message, StringComparison.Ordinal);
    }
}
