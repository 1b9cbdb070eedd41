using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Speech.Tests.Normalisation;

public sealed class TextPolicyTests
{
    static readonly TextPolicy Written = new(LetterCase.Keep, Punctuation.Keep);

    [Theory]
    [InlineData("It’s  7 o'clock, NOW!", "it's 7 o'clock now")]
    [InlineData("Weißenburg-Gunzenhausen", "weißenburg gunzenhausen")]
    [InlineData("\tone\r\ntwo\u00A0three\u3000four ", "one two three four")]
    [InlineData("...", "")]
    [InlineData("", "")]
    [InlineData("a|b", "a b")]
    public void By_default_case_and_punctuation_go(string written, string normal) => Assert.Equal(normal, new TextPolicy().Apply(written));

    [Theory]
    [InlineData("cafe\u0301", "café")]
    [InlineData("Tie\u0302\u0301ng Vie\u0323\u0302t", "tiếng việt")] // Vietnamese, marks in either order
    [InlineData("o\u0323\u0300ro\u0323\u0300", "ọ̀rọ̀")] // Yoruba keeps a mark that no composed letter holds
    [InlineData("\u1112\u1161\u11AB\u1100\u1173\u11AF", "한글")] // jamo
    public void Decomposed_letters_become_composed_ones(string written, string normal) =>
        Assert.Equal(normal, new TextPolicy().Apply(written));

    [Theory]
    [InlineData("\U0001E900\U0001E901 \U0001E922", "\U0001E922\U0001E923 \U0001E922")] // Adlam has case
    [InlineData("\U000104B0\U000104B1", "\U000104D8\U000104D9")] // Osage
    [InlineData("\U00011107\U00011133\U00011107", "\U00011107\U00011133\U00011107")] // Chakma with a virama
    [InlineData("a\U0001F600b", "a b")] // an emoji is a symbol
    [InlineData("a\uD83Db", "a b")] // half a surrogate pair
    public void Letters_of_every_plane_are_letters(string written, string normal) => Assert.Equal(normal, new TextPolicy().Apply(written));

    [Theory]
    [InlineData("ක්\u200Dෂ", "ක්\u200Dෂ")] // Sinhala
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")] // Persian
    [InlineData("ന്\u200D", "ന്\u200D")] // Malayalam: the joiner ends the word
    [InlineData("\u200Cمی\u200C", "می")]
    [InlineData("Schiff\u00ADfahrt", "schifffahrt")]
    [InlineData("\uFEFFone\u200Etwo\u2060three", "onetwothree")]
    [InlineData("ភាសា\u200Bខ្មែរ", "ភាសា ខ្មែរ")] // a zero-width space parts words
    [InlineData("o\u2018zbek, ma\u02BCno, bo\u2019lmoq", "o'zbek ma'no bo'lmoq")] // Uzbek
    [InlineData("\u02BBokina", "'okina")] // Hawaiian
    [InlineData("\u2018quoted\u2019 words", "quoted' words")]
    [InlineData("rock`n`roll", "rock'n'roll")]
    [InlineData("col\u00B7legi para\u0140lel", "col\u00B7legi paral\u00B7lel")] // Catalan
    [InlineData("צה״ל צה\"ל ג׳ירף", "צה״ל צה״ל ג'ירף")] // Hebrew
    [InlineData("he said \"so\"", "he said so")]
    public void What_stands_inside_a_word_does_not_part_it(string written, string normal) =>
        Assert.Equal(normal, new TextPolicy().Apply(written));

    [Theory]
    [InlineData("It’s 7, NOW!", "It's 7, NOW!")]
    [InlineData("“Ja”,  sagte er - €5", "“Ja”, sagte er - €5")]
    [InlineData("a | b\uFFFDc", "a b c")]
    public void Case_and_punctuation_can_be_kept(string written, string normal) => Assert.Equal(normal, Written.Apply(written));

    [Fact]
    public void Upper_case_is_a_policy_too() => Assert.Equal("IT'S NOW", new TextPolicy(LetterCase.Upper).Apply("It’s now"));

    [Fact]
    public void Turkish_dotted_capital_i_becomes_i() => Assert.Equal("istanbul", new TextPolicy().Apply("\u0130stanbul"));

    [Fact]
    public void Applying_it_twice_changes_nothing()
    {
        var random = new Random(1);
        TextPolicy[] policies = [new(), Written, new(LetterCase.Upper), new(LetterCase.Lower, Punctuation.Keep)];
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 12)
                .Select(_ => (char)random.Next(1, random.Next(3) switch { 0 => 0x80, 1 => 0x700, _ => 0x10000 })));
            Assert.All(policies, p => Assert.Equal(p.Apply(text), p.Apply(p.Apply(text))));
        }
    }

    [Theory]
    [InlineData("ABC'", LetterCase.Upper, Punctuation.Drop)]
    [InlineData("abc'", LetterCase.Lower, Punctuation.Drop)]
    [InlineData("aB.", LetterCase.Keep, Punctuation.Keep)]
    [InlineData("ابت", LetterCase.Lower, Punctuation.Drop)]
    public void Tokens_tell_their_policy(string tokens, LetterCase letterCase, Punctuation punctuation) =>
        Assert.Equal(new TextPolicy(letterCase, punctuation), TextPolicy.Of(tokens.Select(c => c.ToString())));

    [Fact]
    public void A_vocabulary_writes_letters_of_every_plane()
    {
        var vocabulary = Vocabulary.FromTexts(["\U0001E900\U0001E901b"]);
        Assert.Equal(["b", "\U0001E922", "\U0001E923"], vocabulary.Letters);
        Assert.Equal(3, vocabulary.Encode("\U0001E922\U0001E923b").Distinct().Count());
        Assert.Null(vocabulary.TryEncode("bc"));
    }

    [Fact]
    public void A_vocabulary_reads_what_it_spells_otherwise()
    {
        var vocabulary = Vocabulary.Of(["<pad>", "|", "’", "e", "\u0301"], new SpecialTokens(), out _);
        Assert.Equal([2, 3, 4, 1, 3], vocabulary.Encode("'é e"));
    }
}
