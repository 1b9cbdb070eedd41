using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>An acoustic model with a decoder: text from clips. Thread-safe; owns the model.</summary>
public sealed class Recognizer(
    CtcModel model, Vocabulary vocabulary, NGramModel? languageModel = null, NGramModel? words = null, DecodingRecipe? decoding = null,
    ImportedLanguageModel? imported = null) : IDisposable
{
    readonly AcousticModel acoustics = new(model);
    readonly CtcDecoder decoder = new(vocabulary, languageModel, words, decoding, imported);

    public CtcModel Model => acoustics.Model;
    public FeatureExtractor Features => acoustics.Features;
    public Vocabulary Vocabulary => decoder.Vocabulary;
    public NGramModel? LanguageModel => decoder.LanguageModel;

    /// <summary>1-grams; see <see cref="KnownWords"/>.</summary>
    public NGramModel? Words => decoder.Words;
    public ImportedLanguageModel? ImportedLanguageModel => decoder.Imported;

    /// <summary>Memory of the weights.</summary>
    public long WeightBytes => Model.WeightBytes;

    /// <summary>Whether every weight is a number.</summary>
    public bool IsFinite
    {
        get
        {
            using var scope = NewDisposeScope();
            return Model.parameters().All(p => p.isfinite().all().item<bool>());
        }
    }

    /// <summary>Transcribes clips of at most half a minute as one batch.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    public IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading = TextReading.Words) =>
        [.. acoustics.Run(clips).Select(output => Transcribed(output, decoder.Decode(output, reading)))];

    /// <summary>As <see cref="TextReading.Words"/>, with some words favoured.</summary>
    /// <param name="hotWords">As written.</param>
    public IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, IReadOnlyList<string> hotWords) =>
        [.. acoustics.Run(clips).Select(output => Transcribed(output, decoder.Decode(output, hotWords)))];

    /// <summary>Word times of known texts; the clips are one batch.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    /// <param name="texts">One for each clip, normalised; letters that the vocabulary lacks are ignored.</param>
    /// <returns>One for each clip; null if it has too few frames for its text, or the vocabulary has no letter of the text.</returns>
    public IReadOnlyList<AlignedText?> Align(IReadOnlyList<ReadOnlyMemory<short>> clips, IReadOnlyList<string> texts) =>
        [.. acoustics.Run(clips).Zip(texts, (output, text) => Align(output.LogProbabilities, Vocabulary.Encode(text)))];

    /// <summary>An utterance that is heard while it is spoken, as <see cref="TextReading.Words"/>.</summary>
    public LiveUtterance Listen(LiveContext context) => new(acoustics, decoder, context);

    public void Dispose() => acoustics.Dispose();

    Transcription Transcribed(CtcOutput output, IReadOnlyList<DecodedWord> decoded)
    {
        var words = TimedWords.Of(decoded, acoustics.FrameSeconds);
        return new Transcription(string.Join(' ', words.Select(w => w.Word)), words, output.Confidence);
    }

    AlignedText? Align(float[] logProbabilities, int[] labels)
    {
        if (labels.Length == 0 || !CtcAlignment.Fits(labels, logProbabilities.Length / Vocabulary.Size))
            return null;
        var words = CtcAlignment.Words(logProbabilities, labels, Vocabulary, out var logProbability);
        return new AlignedText(TimedWords.Of(words, acoustics.FrameSeconds), -logProbability / labels.Length);
    }
}
