using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// What pyctcdecode saves in a folder: <c>alphabet.json</c>, and in <c>language_model</c> an ARPA file, <c>unigrams.txt</c> and
/// <c>attrs.json</c>. A version of the registry has no subfolders: there the three lie beside the model.
/// </summary>
public static class LanguageModelFiles
{
    /// <summary>Of the three that transformers expects in a subfolder.</summary>
    public const string Subfolder = "language_model";

    const string Alphabet = "alphabet.json";
    const string Attributes = "attrs.json";
    const string Words = "unigrams.txt";
    const string UnknownLetter = "\u2047";

    /// <summary>Whether a file of a version belongs into <see cref="Subfolder"/>.</summary>
    /// <param name="files">All files of the version.</param>
    public static bool InSubfolder(string file, IEnumerable<string> files) =>
        file is Attributes or Words or ModelFolder.LanguageModelFile && files.Contains(Attributes);

    /// <returns>Null where there is none.</returns>
    /// <param name="order">For each label, the label it has in the folder.</param>
    /// <exception cref="InvalidModelException">It cannot be read, or is of another vocabulary.</exception>
    internal static ImportedLanguageModel? Read(string folder, Vocabulary vocabulary, int[] order)
    {
        var place = Path.Combine(folder, Subfolder);
        if (!Directory.Exists(place))
            place = folder;
        if (place == folder && !File.Exists(Path.Combine(folder, Attributes)))
            return null;
        CheckAlphabet(Path.Combine(folder, Alphabet), vocabulary, order);
        var attributes = JsonFile.Read(Path.Combine(place, Attributes)) ?? [];
        var words = Path.Combine(place, Words);
        return new ImportedLanguageModel(
            ModelFolder.ReadNGrams(FindArpa(place))!, (File.Exists(words) ? File.ReadLines(words) : []).ToHashSet(StringComparer.Ordinal),
            Value<double>("alpha"), Value<double>("beta"), Value<double>("unk_score_offset"), Value<bool>("score_boundary"));

        T Value<T>(string key) => attributes[key] is JsonValue value && value.TryGetValue<T>(out var found) ? found
            : throw new InvalidModelException($"{Path.Combine(place, Attributes)}: {key} is {attributes[key]?.ToString() ?? "missing"}");
    }

    internal static void Write(string folder, ImportedLanguageModel model, Vocabulary vocabulary)
    {
        ArpaFile.Write(Path.Combine(folder, ModelFolder.LanguageModelFile), model.NGrams);
        File.WriteAllLines(Path.Combine(folder, Words), model.Words.Order(StringComparer.Ordinal));
        Write(Attributes, new JsonObject
        {
            ["alpha"] = model.Alpha,
            ["beta"] = model.Beta,
            ["unk_score_offset"] = model.UnknownScore,
            ["score_boundary"] = model.ScoresBoundaries,
        });
        Write(Alphabet, new JsonObject
        {
            ["labels"] = new JsonArray([.. vocabulary.Tokens.Select(token => (JsonNode)LetterOf(token))]),
            ["is_bpe"] = false,
        });

        void Write(string name, JsonObject json) => File.WriteAllText(Path.Combine(folder, name), json.ToJsonString());
    }

    static string FindArpa(string place)
    {
        if (Directory.EnumerateFiles(place, "*.arpa").Order(StringComparer.Ordinal).FirstOrDefault() is { } arpa)
            return arpa;
        var binary = Directory.EnumerateFiles(place).FirstOrDefault(path => Path.GetExtension(path) is ".bin" or ".binary");
        var name = Path.GetFileNameWithoutExtension(binary);
        throw new InvalidModelException(binary is null ? $"{place} has no .arpa file"
            : $"{binary} is KenLM's binary format, which is not read, and which KenLM does not turn back. Put the ARPA file beside it that "
            + $"it was made of (build_binary {name}.arpa {Path.GetFileName(binary)}), or make one of texts: "
            + $"lmplz -o 5 < texts.txt > {name}.arpa");
    }

    static void CheckAlphabet(string path, Vocabulary vocabulary, int[] order)
    {
        if (JsonFile.Read(path) is not { } alphabet)
            return;
        if (alphabet["is_bpe"] is JsonValue value && value.TryGetValue<bool>(out var isBpe) && isBpe)
            throw new InvalidModelException($"{path}: is_bpe is true: alphabets of word pieces are not decoded");
        var labels = alphabet["labels"] as JsonArray ?? throw new InvalidModelException($"{path}: labels are missing");
        for (var label = 0; label < vocabulary.Size; label++)
        {
            var letter = order[label] < labels.Count ? labels[order[label]]?.ToString() : null;
            var expected = LetterOf(vocabulary.Tokens[label]);
            if (letter != expected && vocabulary.IsWritten(label))
                throw new InvalidModelException($"{path}: label {order[label]} is '{letter}', the tokenizer's is '{expected}'");
        }
    }

    /// <summary>pyctcdecode's name of a token.</summary>
    static string LetterOf(string token) => token switch
    {
        Vocabulary.Blank => "",
        Vocabulary.WordDelimiter => " ",
        Vocabulary.Unknown => UnknownLetter,
        _ => token,
    };
}
