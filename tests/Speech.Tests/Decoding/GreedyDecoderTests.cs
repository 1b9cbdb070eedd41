using System.Text.Json;
using Ssl.Shared.Speech.Decoding;
using Ssl.Speech.Tests.Model;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Decoding;

public sealed class GreedyDecoderTests
{
    [Fact]
    public void Text_and_word_offsets_are_those_of_the_reference()
    {
        var vocabulary = Vocabulary.Parse(File.ReadAllText(SharedFolder.Reference("vocab.json")));
        var logProbabilities = new ReferenceTensors("decoding.safetensors");
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("decoding.json")));
        foreach (var expected in cases.RootElement.EnumerateArray())
        {
            using var best = logProbabilities[expected.GetProperty("case").GetInt32().ToString()].argmax(-1);
            var words = GreedyDecoder.Decode(best.data<long>().ToArray(), vocabulary);
            // The reference writes two spaces where a blank parts two word delimiters; here words are parted by one.
            Assert.Equal(expected.GetProperty("greedy").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries), words.Select(w => w.Word));
            Assert.Equal(
                expected.GetProperty("greedy_words").EnumerateArray().Select(w => (w.GetProperty("word").GetString()!, w.GetProperty("start_frame").GetInt32(), w.GetProperty("end_frame").GetInt32())),
                words.Select(w => (w.Word, w.StartFrame, w.EndFrame)));
        }
    }

    [Theory]
    [InlineData("It’s  7 o'clock, NOW!", "it's 7 o'clock now")]
    [InlineData("Weißenburg-Gunzenhausen", "weißenburg gunzenhausen")]
    [InlineData("...", "")]
    public void Text_is_compared_without_case_and_punctuation(string written, string normal) =>
        Assert.Equal(normal, Vocabulary.Normalise(written));

    [Fact]
    public void A_vocabulary_survives_its_file()
    {
        var vocabulary = Vocabulary.FromTexts(["seven eleven", "o'clock"]);
        var read = Vocabulary.Parse(vocabulary.ToJson());
        Assert.Equal(vocabulary.Tokens, read.Tokens);
        Assert.Equal(vocabulary.Encode("seven o'clock"), read.Encode("SEVEN, o'clock"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"<pad>":1}""")]
    [InlineData("""{"<pad>":0,"a":1}""")]
    [InlineData("not json")]
    public void A_vocabulary_with_a_fault_is_refused(string json) => Assert.Throws<FormatException>(() => Vocabulary.Parse(json));
}
