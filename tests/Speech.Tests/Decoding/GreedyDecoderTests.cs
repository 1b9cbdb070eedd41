using System.Text.Json;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Speech.Tests.Model;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Decoding;

public sealed class GreedyDecoderTests
{
    [Fact]
    public void Text_and_word_offsets_are_those_of_the_reference()
    {
        var vocabulary = new TokenizerFiles(SharedFolder.Reference("tokenizer"), null).Vocabulary(32, out _);
        var logProbabilities = new ReferenceTensors("decoding.safetensors");
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("decoding.json")));
        foreach (var expected in cases.RootElement.EnumerateArray())
        {
            var scores = logProbabilities[expected.GetProperty("case").GetInt32().ToString()];
            using var best = scores.argmax(-1);
            var words = GreedyDecoder.Decode(best.data<long>().ToArray(), scores.data<float>().ToArray(), vocabulary);
            // The reference writes two spaces where a blank parts two word delimiters; here words are parted by one.
            Assert.Equal(expected.GetProperty("greedy").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                words.Select(w => w.Word));
            Assert.Equal(
                expected.GetProperty("greedy_words").EnumerateArray().Select(w =>
                    (w.GetProperty("word").GetString()!, w.GetProperty("start_frame").GetInt32(), w.GetProperty("end_frame").GetInt32())),
                words.Select(w => (w.Word, w.StartFrame, w.EndFrame)));
        }
    }

    [Fact]
    public void A_vocabulary_survives_its_file()
    {
        var vocabulary = Vocabulary.FromTexts(["seven eleven", "o'clock"]);
        var read = Read(vocabulary.ToJson(), vocabulary.Size);
        Assert.Equal(vocabulary.Tokens, read.Tokens);
        Assert.Equal(vocabulary.Encode("seven o'clock"), read.Encode("SEVEN, o'clock"));
    }

    [Theory]
    [InlineData("{}", "vocab.json")]
    [InlineData("""{"<pad>":0,"|":2}""", "names 2 of the 3 labels")]
    [InlineData("""{"<pad>":0,"a":1, "b":2}""", "word delimiter")]
    [InlineData("""{"<pad>":0,"|":1, "b":"c"}""", "vocab.json")]
    [InlineData("not json", "not JSON")]
    public void A_vocabulary_with_a_fault_is_refused(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => Read(json, size: 3)).Message);

    static Vocabulary Read(string json, int size)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(TokenizerFiles.VocabularyFile), json);
        return new TokenizerFiles(folder.Path, null).Vocabulary(size, out _);
    }
}
