using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>An acoustic model with a decoder: from clips to text. Thread-safe; owns the model.</summary>
public sealed class Recognizer(AcousticModel acoustics, CtcDecoder decoder) : IDisposable
{
    /// <inheritdoc cref="CtcDecoder(Decoding.Vocabulary, NGramModel?, NGramModel?, DecodingRecipe?)"/>
    public Recognizer(CtcModel model, Vocabulary vocabulary, NGramModel? languageModel = null, NGramModel? words = null, DecodingRecipe? decoding = null)
        : this(new AcousticModel(model), new CtcDecoder(vocabulary, languageModel, words, decoding))
    {
    }

    public CtcModel Model => acoustics.Model;

    public FeatureExtractor Features => acoustics.Features;

    public Vocabulary Vocabulary => decoder.Vocabulary;

    public NGramModel? LanguageModel => decoder.LanguageModel;

    /// <summary>1-grams; see <see cref="KnownWords"/>.</summary>
    public NGramModel? Words => decoder.Words;

    /// <summary>Transcribes clips of at most half a minute as one batch.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    public IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading = TextReading.Words) =>
        [.. acoustics.Run(clips).Select(output => Transcribe(output, reading))];

    /// <summary>Finds when the words of known texts are spoken; the clips are one batch.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    /// <param name="texts">One for each clip, normalised; letters that the vocabulary lacks are ignored.</param>
    /// <returns>One for each clip; null where it has too few frames for its text, or no letter of the text is in the vocabulary.</returns>
    public IReadOnlyList<AlignedText?> Align(IReadOnlyList<ReadOnlyMemory<short>> clips, IReadOnlyList<string> texts) =>
        [.. acoustics.Run(clips).Zip(texts, (output, text) => Align(output.LogProbabilities, Vocabulary.Encode(text)))];

    public void Dispose() => acoustics.Dispose();

    Transcription Transcribe(CtcOutput output, TextReading reading)
    {
        var words = Timed(decoder.Decode(output, reading));
        return new Transcription(string.Join(' ', words.Select(w => w.Word)), words, output.Confidence);
    }

    AlignedText? Align(float[] logProbabilities, int[] labels)
    {
        if (labels.Length == 0 || !CtcAlignment.Fits(labels, logProbabilities.Length / Vocabulary.Size))
            return null;
        var words = CtcAlignment.Words(logProbabilities, labels, Vocabulary, out var logProbability);
        return new AlignedText(Timed(words), -logProbability / labels.Length);
    }

    TranscribedWord[] Timed(IReadOnlyList<DecodedWord> words) =>
        [.. words.Select(w => new TranscribedWord(w.Word, w.StartFrame * Features.FrameSeconds, w.EndFrame * Features.FrameSeconds))];
}
