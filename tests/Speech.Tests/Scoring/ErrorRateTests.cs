using System.Text.Json;
using Ssl.Shared.Speech.Scoring;
using Ssl.TestKit;

namespace Ssl.Speech.Tests.Scoring;

public sealed class ErrorRateTests
{
    [Theory]
    [InlineData("a b c", "a b c", 0, 0, 0, 3)]
    [InlineData("a b c", "a x c", 1, 0, 0, 3)]
    [InlineData("a b c", "a c", 0, 1, 0, 3)]
    [InlineData("a c", "a b c", 0, 0, 1, 2)]
    [InlineData("", "a", 0, 0, 1, 0)]
    [InlineData("a b", "", 0, 2, 0, 2)]
    public void Edits_are_counted_by_kind(string reference, string hypothesis, int substitutions, int deletions,
        int insertions, int length) =>
        Assert.Equal(new ErrorCounts(substitutions, deletions, insertions, length), ErrorRate.Words(reference, hypothesis));

    [Fact]
    public void Rates_are_those_of_jiwer()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("decoding.json")));
        using var expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("error-rates.json")));
        foreach (var rates in expected.RootElement.EnumerateArray())
        {
            var (words, characters) = (ErrorCounts.None, ErrorCounts.None);
            foreach (var pair in cases.RootElement.EnumerateArray())
            {
                var (reference, hypothesis) = (pair.GetProperty("reference")
                    .GetString()!, pair.GetProperty(rates.GetProperty("hypothesis").GetString()!).GetString()!);
                words += ErrorRate.Words(reference, hypothesis);
                characters += ErrorRate.Characters(reference, hypothesis);
            }
            Assert.Equal(rates.GetProperty("wer").GetDouble(), words.Rate, 12);
            Assert.Equal(rates.GetProperty("cer").GetDouble(), characters.Rate, 12);
            Assert.Equal(rates.GetProperty("substitutions").GetInt64() + rates.GetProperty("deletions")
                .GetInt64() + rates.GetProperty("insertions").GetInt64(), words.Errors);
        }
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abcd", "abxd", 0.25)]
    [InlineData("", "abc", 1)]
    [InlineData("ab", "xxxx", 1)]
    public void Disagreement_is_a_share_of_the_longer_text_whichever_comes_first(string a, string b, double expected) =>
        Assert.Equal((expected, expected), (ErrorRate.Disagreement(a, b), ErrorRate.Disagreement(b, a)));
}
