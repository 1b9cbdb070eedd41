using System.Text;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Pickles;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests;

/// <summary>Damaged manifests and files of models: each is read or refused with a reason (<see cref="Fuzz"/>).</summary>
[Trait("kind", "fuzz")]
public sealed class MutationTests : IDisposable
{
    static readonly string[] JsonWords = ["NaN", "1e999", "-1", "99999999999999999999", "null", "true", "{", "}", "[", "]", "\"\"",
        "\\ud800", "\\u0000", ",", ":", new string('[', 200), "\ufeff", "é", "0.5", "-0", "1e-400"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task Damaged_manifests_are_read_or_refused_by_line()
    {
        File.WriteAllBytes(folder.File("a.wav"), TestAudio.Wav(TestAudio.Bursts(1)));
        const string lines = """
            {"audio_filepath": "a.wav", "text": "hello there", "duration": 1.5, "speaker": 7, "split": "train"}
            {"audio_filepath": "a.wav", "text": "fünf", "offset": 1.5, "duration": 0.5}
            {"audio_filepath": "sub/../a.wav", "text": "x"}
            """;
        string[] words = [.. JsonWords, "\n", "\r\n", "../", "/dev/"];
        return new Fuzz("manifest", [Encoding.UTF8.GetBytes(lines)]) { Words = words }.RunAsync(bytes =>
        {
            var manifest = LabelledManifest.Read(Written("manifest.jsonl", bytes));
            Assert.All(manifest.Problems, p => Assert.NotEmpty(p.Reason));
            Assert.True(manifest.Entries.Count + manifest.Problems.Count > 0);
            return manifest.Problems.Count == 0 ? "read" : manifest.Entries.Count > 0 ? "read in part" : "refused";
        });
    }

    [Fact]
    public Task Damaged_language_models_are_read_or_refused()
    {
        const string small = "\\data\\\nngram 1=4\nngram 2=2\n\n\\1-grams:\n-1.5\t<unk>\n-99\t<s>\t-0.3\n-1.1\t</s>\n-0.8\ta\t-0.2\n\n"
            + "\\2-grams:\n-0.4\t<s> a\n-0.5\ta </s>\n\n\\end\\\n";
        byte[][] seeds = [Encoding.UTF8.GetBytes(small),
            [.. File.ReadLines(SharedFolder.Reference("words.arpa")).Take(200).SelectMany(l => Encoding.UTF8.GetBytes(l + '\n'))]];
        string[] words = ["ngram 1=", "ngram 99=1", "\\3-grams:", "\\end\\", "\\data\\", "NaN", "1e999",
            "-99999999999999999999", "\t", "\n", "\0"];
        return new Fuzz("arpa", seeds) { Words = words }.RunAsync(bytes => Refusing<FormatException>(() =>
        {
            using var reader = new StreamReader(new MemoryStream(bytes));
            ArpaFile.Read(reader, "lm.arpa");
        }));
    }

    [Fact]
    public Task Damaged_safetensors_are_read_or_refused()
    {
        var file = File.ReadAllBytes(SharedFolder.Reference("hf-folders/added-tokens-json/model.safetensors"));
        string[] words = [.. JsonWords, "\"F32\"", "\"data_offsets\"", "\"shape\"", "9223372036854775807", "[0,0]", "__metadata__"];
        return new Fuzz("safetensors", [file[..20_000], file]) { Words = words }.RunAsync(bytes => Refusing<InvalidModelException>(
            () => SafetensorsHeader.Read(new MemoryStream(bytes), "model.safetensors")));
    }

    [Fact]
    public Task Damaged_pickles_are_read_or_refused()
    {
        byte[][] seeds = [File.ReadAllBytes(SharedFolder.Reference("group-postnorm/ctc-pickle/pytorch_model.bin")),
            File.ReadAllBytes(SharedFolder.Reference("hostile-pickle.bin"))];
        return new Fuzz("pickle", seeds) { Count = 200 }.RunAsync(bytes => Refusing<InvalidModelException>(() =>
        {
            using var scope = NewDisposeScope();
            using var pickle = PickleFile.Open(Written("pytorch_model.bin", bytes));
            pickle.Read();
        }));
    }

    [Theory]
    [InlineData("vocab.json", "added-tokens-json", 32)]
    [InlineData("tokenizer_config.json", "added-tokens-decoder", 32)]
    [InlineData("added_tokens.json", "added-tokens-json", 32)]
    [InlineData("special_tokens_map.json", "added-tokens-json", 32)]
    public Task Damaged_tokenizers_are_read_or_refused(string file, string reference, int size)
    {
        foreach (var path in Directory.EnumerateFiles(SharedFolder.Reference($"hf-folders/{reference}"), "*.json"))
            File.WriteAllBytes(folder.File(Path.GetFileName(path)), File.ReadAllBytes(path));
        string[] words = [.. JsonWords, "\"<pad>\"", "\"|\"", "\"content\""];
        return new Fuzz($"tokenizer-{file}", [File.ReadAllBytes(folder.File(file))]) { Words = words }
            .RunAsync(bytes => Refusing<InvalidModelException>(() =>
            {
                Written(file, bytes);
                new TokenizerFiles(folder.Path, null).Vocabulary(size, out _);
            }));
    }

    [Theory]
    [InlineData("added-tokens-json", "preprocessor_config.json")]
    [InlineData("bert-adapter", "preprocessor_config.json")]
    [InlineData("bert-adapter-ffn", "processor_config.json")]
    public Task Damaged_configurations_are_read_or_refused(string reference, string preprocessor)
    {
        var source = SharedFolder.Reference($"hf-folders/{reference}");
        byte[][] seeds = [File.ReadAllBytes(Path.Combine(source, "config.json")), File.ReadAllBytes(Path.Combine(source, preprocessor))];
        return new Fuzz($"config-{reference}", seeds) { Words = JsonWords }.RunAsync(bytes => Refusing<InvalidModelException>(() =>
        {
            File.WriteAllBytes(folder.File(preprocessor), bytes);
            var config = EncoderConfig.Parse(Encoding.UTF8.GetString(seeds[0]), "config.json");
            PreprocessorFile.Apply(folder.Path, config);
            EncoderConfig.Parse(Encoding.UTF8.GetString(bytes), "config.json");
        }));
    }

    string Written(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder.File(name), bytes);
        return folder.File(name);
    }

    static string Refusing<T>(Action read) where T : Exception
    {
        try
        {
            read();
            return "read";
        }
        catch (T e)
        {
            Assert.NotEmpty(e.Message);
            return "refused";
        }
    }
}
