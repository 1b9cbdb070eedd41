using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// A recognizer's folder of any writer: everything but the values of its weights is read and checked, and they are read one tensor at a
/// time, into a model or into a folder of the form that <see cref="ModelFolder"/> writes.
/// </summary>
sealed class RecognizerSource : IDisposable
{
    const string HeadWeight = "lm_head.weight", HeadBias = "lm_head.bias";

    readonly ModelWeights weights;
    readonly int[] order; // for each label, the label it has in the folder
    readonly Recognizer recognizer; // its model's large weights are not initialised until Load, and cost no memory
    readonly Dictionary<string, StoredTensor> tensors;

    RecognizerSource(ModelWeights weights, int[] order, Recognizer recognizer, string maskVector)
    {
        (this.weights, this.order, this.recognizer) = (weights, order, recognizer);
        tensors = WeightLoader.Match(recognizer.Model, weights, prefix: "", maskVector, mayHoldMore: false);
    }

    public EncoderConfig Config => recognizer.Model.Encoder.Config;

    /// <inheritdoc cref="ModelFolder.LoadRecognizer"/>
    public static RecognizerSource Open(string folder, DecodingRecipe? decoding, string? language)
    {
        var tokenizer = new TokenizerFiles(folder, language);
        var hasAdapter = tokenizer.Language is { } its && ModelWeights.AdapterLanguages(folder).Contains(its);
        var weights = ModelWeights.Open(folder, hasAdapter ? tokenizer.Language : language);
        Recognizer? recognizer = null;
        try
        {
            var size = (int)(weights.Tensors.GetValueOrDefault(HeadWeight)?.Shape.FirstOrDefault()
                ?? throw new InvalidModelException($"{weights.Source}: {HeadWeight} is missing"));
            var vocabulary = tokenizer.Vocabulary(size, out var order);
            var imported = LanguageModelFiles.Read(folder, vocabulary, order);
            var nGrams = imported is null ? ModelFolder.ReadNGrams(Path.Combine(folder, ModelFolder.LanguageModelFile)) : null;
            var words = ModelFolder.ReadNGrams(Path.Combine(folder, ModelFolder.WordsFile));
            var config = ModelFolder.ReadConfig(folder, weights);
            var model = new CtcModel(SpeechEncoder.Create(config), size);
            recognizer = new Recognizer(model, vocabulary, nGrams, words, decoding, imported);
            return new RecognizerSource(weights, order, recognizer, ModelFolder.Prefix(config) + ModelFolder.MaskVector);
        }
        catch
        {
            recognizer?.Dispose();
            weights.Dispose();
            throw;
        }
    }

    /// <returns>Owned by the caller, and this with it.</returns>
    /// <param name="precision">Type of the weights for inference; null: as for training.</param>
    public Recognizer Load(Precision? precision)
    {
        using (weights)
        {
            var chosen = precision is { } wanted ? PrecisionChoice.Of(wanted, tensors.Values.Sum(t => t.Elements)) : (Precision?)null;
            WeightLoader.Fill(recognizer.Model, tensors, chosen, weights.Source);
            recognizer.Model.ReorderLabels(order);
            if (chosen is { } type)
                recognizer.Model.Freeze(type);
        }
        return recognizer;
    }

    /// <summary>Writes the recognizer's files; weights keep their type, if it is a floating-point one of up to 32 bits.</summary>
    /// <param name="folder">Exists.</param>
    public void CopyTo(string folder, IProgress<ByteProgress>? progress) => ModelFolder.SaveRecognizer(folder, recognizer, path =>
        SafetensorsFile.Copy(
            path, [.. recognizer.Model.state_dict().Select(t => (t.Key, Stored(t.Key, t.Value.dtype)))], weights.Source, progress));

    public void Dispose()
    {
        recognizer.Dispose();
        weights.Dispose();
    }

    StoredTensor Stored(string name, ScalarType own)
    {
        var stored = tensors[name];
        if (stored.Type is not (ScalarType.Float16 or ScalarType.BFloat16))
            stored = stored with { Type = own };
        return name is HeadWeight or HeadBias ? StoredTensor.Of(stored.Type, stored.Shape, () => Reordered(stored, name)) : stored;
    }

    Tensor Reordered(StoredTensor head, string name)
    {
        using var index = tensor(order.Select(label => (long)label).ToArray());
        return head.Read(name, weights.Source).index_select(0, index);
    }
}
