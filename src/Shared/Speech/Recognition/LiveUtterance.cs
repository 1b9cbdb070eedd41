using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// Recognises an utterance while it is spoken. Each step runs the encoder from a few seconds before the first word that is not settled up
/// to the last frame, and searches from the last settled word on. A word is settled once two successive steps agree on it (local agreement,
/// arXiv 2005.11185) and another word or a pause follows, or after 0.7 s; the alignment says which frames it takes. So the cost of a step
/// does not grow with the utterance, and text once given never changes. Not thread-safe; holds no native memory.
/// </summary>
public sealed class LiveUtterance
{
    const double FirstSeconds = 0.5; // for a first estimate of mean and variance
    const double ContextSeconds = 4; // before the first frame that is searched
    const double RightSeconds = 0.3; // after a word that is settled: what follows changes how it is heard
    const double PauseSeconds = 0.4; // after the last word: it will not go on
    const double PatienceSeconds = 0.7; // after a word on which the steps do not agree
    const double SilenceSeconds = 2; // without a word: its frames are not searched again
    const double MaxOpenSeconds = 12; // beyond it, words are settled without agreement
    const double KeptOpenSeconds = 4;
    const int KeptLabels = 200; // more than n-grams look back
    const double FadedSeconds = 5; // what was heard before this utterance counts like so much

    readonly AcousticModel acoustics;
    readonly Vocabulary vocabulary;
    readonly BeamDecoder search;
    readonly FeatureStream features;
    readonly int factor; // encoder frames to one of the output
    readonly List<int> before = []; // labels of the latest settled words but the last, each with a delimiter after it
    int[] last = []; // labels of the last settled word
    int start; // frame of the output where it begins
    DecodedWord[] open = []; // of the step before: those not settled
    bool settledNothing = true;

    internal LiveUtterance(AcousticModel acoustics, CtcDecoder decoder, LiveContext context)
    {
        (this.acoustics, vocabulary, search) = (acoustics, decoder.Vocabulary, decoder.Search(context.HotWords));
        factor = (int)(acoustics.Model.Encoder.Config.Adapter?.Factor ?? 1);
        context.Norm?.Fade(FadedSeconds);
        features = acoustics.Features.Stream(context.Norm);
        context.Norm = features.Norm;
    }

    /// <inheritdoc cref="Recognition.Hear"/>
    public LiveText Hear(ReadOnlyMemory<short> samples, bool ends)
    {
        features.Push(samples.Span);
        var (first, end) = (Math.Max(0, start - FramesIn(ContextSeconds)), features.Frames / factor);
        if (end <= start || (!ends && end < FramesIn(FirstSeconds)))
            return new LiveText([], []);
        using var window = features.Window(first * factor);
        var output = acoustics.Run(window).LogProbabilities.AsSpan((start - first) * vocabulary.Size);
        end = start + output.Length / vocabulary.Size;
        var labels = search.Decode(output, new KnownText(before, last)).Labels;
        if (labels.Length < last.Length) // too few frames for the known word
            return new LiveText([], []);
        DecodedWord[] found = [.. CtcAlignment.Words(output, labels, vocabulary).Select(Moved)];
        var known = last.Length > 0 ? 1 : 0;
        var agreed = ends ? found.Length : Agreed(found, known, end);
        var isFirst = settledNothing;
        Settle(found, known, agreed, end);
        features.Forget((start - FramesIn(ContextSeconds)) * factor);
        return new LiveText(Timed(found[known..agreed], isFirst), Timed(found[agreed..], isFirst && agreed == known));

        DecodedWord Moved(DecodedWord word) => word with { StartFrame = word.StartFrame + start, EndFrame = word.EndFrame + start };
    }

    /// <summary>Number of words that will not change.</summary>
    /// <param name="known">Those that were settled before.</param>
    int Agreed(DecodedWord[] found, int known, int end)
    {
        var agreed = known;
        while (agreed < found.Length && agreed - known < open.Length && (IsAgreed()
            || end - found[agreed].EndFrame >= FramesIn(PatienceSeconds)))
            agreed++;
        if (end - start > FramesIn(MaxOpenSeconds))
            agreed = Math.Max(agreed, found.Count(word => word.StartFrame < end - FramesIn(KeptOpenSeconds)));
        return agreed;

        bool IsAgreed() => found[agreed].Word == open[agreed - known].Word
            && end - found[agreed].EndFrame >= FramesIn(agreed + 1 < found.Length ? RightSeconds : PauseSeconds);
    }

    void Settle(DecodedWord[] found, int known, int agreed, int end)
    {
        for (var i = known; i < agreed; i++)
        {
            Pass();
            // Between a word and the one before it the frames are blank or delimiters.
            start = i > 0 ? (found[i - 1].EndFrame + found[i].StartFrame) / 2 : Math.Max(start, found[i].StartFrame - 1);
            last = [.. found[i].Letters.Select(l => vocabulary.LabelOf(l.Token))];
            settledNothing = false;
        }
        open = found[agreed..];
        var (silentFrom, silentTo) = (agreed > 0 ? found[agreed - 1].EndFrame : start, open.Length > 0 ? open[0].StartFrame : end);
        if (silentTo - silentFrom <= FramesIn(SilenceSeconds))
            return;
        Pass();
        (last, start) = ([], silentTo - FramesIn(SilenceSeconds / 2));
    }

    /// <summary>The last settled word becomes one of those before.</summary>
    void Pass()
    {
        if (last.Length > 0)
            before.AddRange([.. last, vocabulary.DelimiterLabel]);
        if (before.Count > 2 * KeptLabels)
            before.RemoveRange(0, before.IndexOf(vocabulary.DelimiterLabel, before.Count - KeptLabels) + 1);
    }

    TranscribedWord[] Timed(IReadOnlyList<DecodedWord> words, bool isFirst) =>
        [.. words.Select((word, i) => TimedWords.Of(word, acoustics.FrameSeconds, isFirst && i == 0))];

    int FramesIn(double seconds) => (int)Math.Round(seconds / acoustics.FrameSeconds);
}
