using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Scoring;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Recognition;

/// <summary>
/// Every folder of <c>hf-folders</c> (transformers 5.24, pyctcdecode 0.5) gives the reference's texts and logits, as it is and after being
/// saved here. The table is in the test's output.
/// </summary>
public sealed class HuggingFaceFolderTests
{
    const string Folders = "hf-folders";
    const double MaxDifference = 2e-4; // of logits up to 80: what float32 leaves between two orders of adding

    [Fact]
    public void Texts_and_logits_of_every_folder_are_those_of_the_reference()
    {
        var (expected, faults) = (JsonNode.Parse(File.ReadAllText(SharedFolder.Reference($"{Folders}/expected.json")))!.AsObject(),
            new List<string>());
        Print($"{"folder",-22}{"greedy texts",14}{"with n-grams",14}{"logits",12}{"in a batch",12}{"saved again",13}");
        foreach (var (name, recordings) in expected)
        {
            using var scope = NewDisposeScope();
            var language = (string?)recordings![0]!["target_lang"];
            var folder = SharedFolder.Reference($"{Folders}/{(language is null ? name : name[..name.LastIndexOf('-')])}");
            using var recognizer = ModelFolder.LoadRecognizer(folder, language: language);
            using var saved = new TemporaryFolder();
            ModelFolder.SaveRecognizer(saved.Path, recognizer);
            using var again = ModelFolder.LoadRecognizer(saved.Path);
            var (greedy, same, letters, errors) = (0, 0, 0, 0L);
            foreach (var recording in recordings.AsArray())
            {
                var (clip, text) = (Clip((string)recording!["audio"]!), (string)recording["text"]!);
                var heard = recognizer.Transcribe([clip], TextReading.Greedy)[0].Text;
                using var batch = recognizer.Features.Batch([clip], CPU);
                if ((long?)recording["frames"] is { } frames && recognizer.Model.Logits(batch).shape[1] != frames)
                    faults.Add($"{name}: frames of {recording["audio"]}");
                greedy += heard == Collapsed((string?)recording["greedy"] ?? text) ? 1 : 0;
                same += heard == again.Transcribe([clip], TextReading.Greedy)[0].Text ? 1 : 0;
                if (recording["greedy"] is null)
                    continue;
                var counts = ErrorRate.Characters(text, recognizer.Transcribe([clip])[0].Text);
                (letters, errors) = (letters + text.Length, errors + counts.Errors);
            }
            var (first, count) = (recordings.AsArray().Take(2).Select(r => Clip((string)r!["audio"]!)), recordings.AsArray().Count);
            var (alone, padded) = Differences(recognizer, folder, language, [.. first]);
            Print($"{name,-22}{greedy + " of " + count,14}{(letters == 0 ? "" : $"{100.0 * (letters - errors) / letters:0.0} %"),14}"
                + $"{alone,12:e1}{padded,12:e1}{same + " of " + count,13}");
            if (greedy < count || same < count || errors > 0.02 * letters || alone > MaxDifference || padded > MaxDifference)
                faults.Add(name);
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void A_language_that_a_folder_lacks_is_named_with_those_that_it_has()
    {
        string Refusal(string folder, string language) => Assert.Throws<InvalidModelException>(() =>
            ModelFolder.LoadRecognizer(SharedFolder.Reference($"{Folders}/{folder}"), language: language)).Message;
        Assert.Contains("no language 'fra'; it has eng, deu", Refusal("mms", "fra"));
        Assert.Contains("not by language", Refusal("hubert-base", "deu"));
        using var copy = Copy("mms");
        File.Delete(copy.File("adapter.deu.safetensors"));
        Assert.Contains("no adapter for the language 'deu'; there are eng",
            Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(copy.Path, language: "deu")).Message);
    }

    [Fact]
    public void Special_tokens_that_no_file_numbers_come_after_all_others()
    {
        using var copy = Copy("added-tokens-json");
        File.Delete(copy.File("added_tokens.json"));
        using var recognizer = ModelFolder.LoadRecognizer(copy.Path);
        using var expected = ModelFolder.LoadRecognizer(SharedFolder.Reference($"{Folders}/added-tokens-json"));
        Assert.Equal(expected.Vocabulary.Tokens, recognizer.Vocabulary.Tokens);
    }

    [Theory]
    [InlineData("3gram.arpa", "3gram.bin", "lmplz -o 5 < texts.txt > 3gram.arpa")]
    [InlineData("3gram.arpa", "notes.txt", "has no .arpa file")]
    public void A_language_model_that_cannot_be_read_is_named(string arpa, string other, string expected)
    {
        using var copy = Copy("with-lm");
        Directory.CreateDirectory(copy.File("language_model"));
        File.WriteAllText(copy.File($"language_model/{other}"), "mmap lm http://kheafield.com/code format version 5");
        Assert.DoesNotContain(arpa, Directory.EnumerateFiles(copy.File("language_model")));
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(copy.Path)).Message);
    }

    [Theory]
    [InlineData("alphabet.json", """{"labels": ["", "<s>", "</s>", "\u2047", " ", "E"], "is_bpe": false}""",
        "label 5 is 'E', the tokenizer's is 'e'")]
    [InlineData("alphabet.json", """{"labels": [], "is_bpe": true}""", "is_bpe is true")]
    [InlineData("attrs.json", """{"alpha": "much"}""", "alpha is much")]
    public void A_language_model_of_another_alphabet_or_without_numbers_is_refused(string file, string text, string expected)
    {
        using var copy = Copy("with-lm"); // its language model lies beside the model, as in a registry
        foreach (var name in Directory.EnumerateFiles(SharedFolder.Reference($"{Folders}/with-lm/language_model")))
            File.WriteAllBytes(copy.File(Path.GetFileName(name)), File.ReadAllBytes(name));
        File.WriteAllText(copy.File(file), text);
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(copy.Path)).Message);
    }

    /// <summary>Without subfolders, and without the source's read-only mode.</summary>
    static TemporaryFolder Copy(string name)
    {
        var copy = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(SharedFolder.Reference($"{Folders}/{name}")))
            File.WriteAllBytes(copy.File(Path.GetFileName(file)), File.ReadAllBytes(file));
        return copy;
    }

    /// <summary>
    /// Greatest difference of the logits of the first recording, alone and as the longer one of a batch; and of the shorter one in the
    /// batch to itself alone. In the reference, the batch shows in the shorter one: group norms and adapters read the padding.
    /// </summary>
    static (double Alone, double Batch) Differences(Recognizer recognizer, string folder, string? language, ReadOnlyMemory<short>[] clips)
    {
        var path = Path.Combine(folder, language is null ? "expected.safetensors" : $"expected.{language}.safetensors");
        if (!File.Exists(path))
            return (0, 0);
        using var guard = no_grad();
        var expected = SafetensorsFile.Read(path);
        new TokenizerFiles(folder, language).Vocabulary(recognizer.Vocabulary.Size, out var order);
        var index = tensor(order.Select(label => (long)label).ToArray());
        Tensor Logits(params ReadOnlyMemory<short>[] batch) => recognizer.Model.Logits(recognizer.Features.Batch(batch, CPU));
        var (first, second, both) = (Logits(clips[0])[0], Logits(clips[1])[0], Logits(clips));
        var frames = second.shape[0];
        return (Greatest(first - expected["logits_0"].index_select(-1, index)), Math.Max(
            Greatest(both[0] - expected["padded_logits"][0].index_select(-1, index)), Greatest(both[1].narrow(0, 0, frames) - second)));

        static double Greatest(Tensor difference) => difference.abs().max().item<float>();
    }

    static ReadOnlyMemory<short> Clip(string audio)
    {
        var file = File.ReadAllBytes(SharedFolder.Reference($"{Folders}/{audio}"));
        return MemoryMarshal.Cast<byte, short>(file.AsSpan(file.AsSpan().IndexOf("data"u8) + 8)).ToArray();
    }

    static string Collapsed(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
