using CsCheck;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Speech.Tests.Scoring;

public sealed class WordDifferenceTests
{
    [Theory]
    [InlineData("please call back tomorrow", "please call beck tomorrow", "0:0 1:1 2:2 3:3")]
    [InlineData("please call", "please do call", "0:0 -:1 1:2")]
    [InlineData("please do call", "please call", "0:0 1:- 2:1")]
    [InlineData("", "a b", "-:0 -:1")]
    [InlineData("a b", "", "0:- 1:-")]
    [InlineData("", "", "")]
    public void Words_are_aligned_by_the_fewest_edits(string a, string b, string expected) =>
        Assert.Equal(expected, string.Join(' ', Of(a, b).Select(p => $"{p.A?.ToString() ?? "-"}:{p.B?.ToString() ?? "-"}")));

    [Fact]
    public void It_counts_what_the_error_rate_counts() => Gen.Select(Text, Text).Sample((a, b) =>
    {
        var (words, others) = (Words(a), Words(b));
        var edits = Of(a, b).Count(p => p.A is not { } i || p.B is not { } j || words[i] != others[j]);
        Assert.Equal(ErrorRate.Words(a, b).Errors, edits);
    }, iter: 300);

    static readonly Gen<string> Text = Gen.Int[0, 3].Array[0, 8].Select(words => string.Join(' ', words));

    static IReadOnlyList<WordPair> Of(string a, string b) => WordDifference.Of(Words(a), Words(b));

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
