using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>A CTC model with its vocabulary, its features and perhaps a language model: clips in, text out. Any number of threads may use one; it owns the model.</summary>
public sealed class Recognizer : IDisposable
{
    readonly BeamDecoder? search;
    readonly BeamDecoder? searchByLetters;

    /// <param name="languageModel">Null: the best label of each frame is taken.</param>
    /// <param name="words">Beside n-grams of letters, the words that are known; may be null.</param>
    public Recognizer(CtcModel model, Vocabulary vocabulary, NGramModel? languageModel = null, NGramModel? words = null, DecodingOptions? decoding = null)
    {
        (Model, Vocabulary, LanguageModel, Words) = (model, vocabulary, languageModel, words);
        Features = FeatureExtractor.For(model.Encoder.Config);
        decoding ??= new DecodingOptions();
        search = Search(words);
        searchByLetters = words is null ? search : Search(null);
        model.eval();

        BeamDecoder? Search(NGramModel? words) => languageModel is null ? null : new BeamDecoder(vocabulary, LanguageModels.Of(languageModel, words, vocabulary, decoding), decoding);
    }

    public CtcModel Model { get; }

    public Vocabulary Vocabulary { get; }

    public NGramModel? LanguageModel { get; }

    /// <summary>Of single words; see <see cref="KnownWords"/>.</summary>
    public NGramModel? Words { get; }

    public FeatureExtractor Features { get; }

    /// <summary>Transcribes clips of at most half a minute as one batch: by beam search with the language model where there is one, else greedily.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    public IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips) => Transcribe(clips, search);

    /// <summary>The same without <see cref="Words"/>: what was half heard stays so, and is not taken for a word that is known.</summary>
    public IReadOnlyList<Transcription> TranscribeByLetters(IReadOnlyList<ReadOnlyMemory<short>> clips) => Transcribe(clips, searchByLetters);

    /// <summary>The same without the language model.</summary>
    public IReadOnlyList<Transcription> TranscribeGreedily(IReadOnlyList<ReadOnlyMemory<short>> clips) => Transcribe(clips, null);

    /// <summary>Transcribes features that were extracted before.</summary>
    public IReadOnlyList<Transcription> Transcribe(SpeechBatch batch) => Transcribe(batch, search);

    /// <summary>When the words of texts that are known are spoken; the clips are one batch.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    /// <param name="texts">One a clip, normalised; letters that the vocabulary lacks are passed over.</param>
    /// <returns>One a clip; null where it has too few frames for its text, or nothing of that can be written.</returns>
    public IReadOnlyList<AlignedText?> Align(IReadOnlyList<ReadOnlyMemory<short>> clips, IReadOnlyList<string> texts)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var batch = Features.Batch(clips, TorchRuntime.Device);
        var all = nn.functional.log_softmax(Model.Logits(batch).to(ScalarType.Float32), -1).cpu().contiguous().data<float>().ToArray(); // [B, T, V]
        var (row, width) = ((int)batch.LongestFrameCount * Vocabulary.Size, Vocabulary.Size);
        return [.. texts.Select((text, i) => Align(all.AsSpan(i * row, (int)batch.FrameCounts[i] * width), Vocabulary.Encode(text)))];
    }

    public void Dispose() => Model.Dispose();

    IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, BeamDecoder? beams)
    {
        using var guard = inference_mode();
        using var batch = Features.Batch(clips, TorchRuntime.Device);
        return Transcribe(batch, beams);
    }

    IReadOnlyList<Transcription> Transcribe(SpeechBatch batch, BeamDecoder? beams)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var logProbabilities = nn.functional.log_softmax(Model.Logits(batch).to(ScalarType.Float32), -1); // [B, T, V]
        var (best, labels) = logProbabilities.max(-1); // [B, T]
        var (probabilities, frames) = (best.exp().cpu().data<float>().ToArray(), labels.cpu().data<long>().ToArray());
        var all = beams is null ? [] : logProbabilities.cpu().contiguous().data<float>().ToArray();
        var (row, width) = ((int)batch.LongestFrameCount, Vocabulary.Size);
        return [.. batch.FrameCounts.Select((count, i) => Spell(Words(i, (int)count), probabilities.AsSpan(i * row, (int)count)))];

        IReadOnlyList<DecodedWord> Words(int utterance, int count)
        {
            if (beams is null)
                return GreedyDecoder.Decode(frames.AsSpan(utterance * row, count), Vocabulary);
            var own = all.AsSpan(utterance * row * width, count * width);
            return CtcAlignment.Words(own, beams.Decode(own).Labels, Vocabulary);
        }
    }

    AlignedText? Align(ReadOnlySpan<float> logProbabilities, int[] labels)
    {
        if (labels.Length == 0 || !CtcAlignment.Fits(labels, logProbabilities.Length / Vocabulary.Size))
            return null;
        var words = CtcAlignment.Words(logProbabilities, labels, Vocabulary, out var logProbability);
        return new AlignedText(Timed(words), -logProbability / labels.Length);
    }

    Transcription Spell(IReadOnlyList<DecodedWord> decoded, ReadOnlySpan<float> probabilities)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
            sum += probability;
        var words = Timed(decoded);
        return new Transcription(string.Join(' ', words.Select(w => w.Word)), words, probabilities.Length > 0 ? sum / probabilities.Length : 0);
    }

    TranscribedWord[] Timed(IReadOnlyList<DecodedWord> words) =>
        [.. words.Select(w => new TranscribedWord(w.Word, w.StartFrame * Features.FrameSeconds, w.EndFrame * Features.FrameSeconds))];
}
