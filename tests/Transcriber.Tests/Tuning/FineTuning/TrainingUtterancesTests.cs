using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.FineTuning;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class TrainingUtterancesTests
{
    static readonly TrainingSet Set = new(Tones.Utterances(3, seed: 1));

    [Fact]
    public void A_recording_gives_way_to_others_only_after_it_was_heard_often()
    {
        using var scope = NewDisposeScope();
        using var utterances = new TrainingUtterances(Set, FeatureExtractor.For(Tones.SmallEncoder), Tones.Recipe with { SplicedShare = 1, SpliceAfterHearings = 5 });
        using var splicer = new Splicer(utterances.Vocabulary, mostWords: 2);
        var random = new Random(1);
        TrainingBatch Take(int item, Splicer? from)
        {
            var batch = utterances.Take([item], from, CPU, random);
            splicer.Hear(batch, zeros(1, batch.Speech.LongestFrameCount, utterances.Vocabulary.Size));
            return batch;
        }
        string Text(TrainingBatch batch) => string.Join(' ', batch.Labels[0]);
        var own = string.Join(' ', utterances.Vocabulary.Encode(Set.Labels[0].Text));
        Assert.All(Enumerable.Range(1, 4), _ => Assert.Null(Take(0, splicer).Recordings[0])); // no pieces from it yet
        foreach (var turn in Enumerable.Range(1, 5))
            Take(2, splicer);
        var fifth = Take(0, splicer);
        Assert.NotNull(fifth.Recordings[0]);
        Assert.Equal(own, Text(fifth));
        Assert.Contains(Enumerable.Range(6, 20), _ => Text(Take(0, splicer)) != own);
        Assert.Equal(own, Text(Take(0, null))); // not the time for it
        Assert.Equal(string.Join(' ', utterances.Vocabulary.Encode(Set.Labels[1].Text)), Text(Take(1, splicer))); // the first time
    }

    [Fact]
    public void A_piece_was_heard_as_often_as_the_whole_and_batches_begin_anew()
    {
        using var scope = NewDisposeScope();
        LabelledUtterance[] recordings = [.. Set.Labels.Select(u => u with { Text = "a b", Words = [new TranscribedWord("a", 0, 0.1), new TranscribedWord("b", 0.2, 0.3)] })];
        using var utterances = new TrainingUtterances(new TrainingSet(recordings), FeatureExtractor.For(Tones.SmallEncoder), Tones.Recipe with { PieceSeconds = 0.2, SpliceAfterHearings = 2 });
        var random = new Random(1);
        using var batches = utterances.Batches(() => 0.01, random).GetEnumerator(); // one item each
        int[] Next()
        {
            batches.MoveNext();
            return batches.Current;
        }
        Assert.Null(utterances.Take([0], null, CPU, random).Recordings[0]);
        Assert.InRange(Assert.Single(Next()), 0, 2);
        utterances.CutAtWords(aligner: null, () => true);
        var items = Enumerable.Range(0, 6).Select(_ => Assert.Single(Next())).ToArray();
        Assert.Equal([0, 1, 2, 3, 4, 5], items.Order());
        Assert.NotNull(utterances.Take([1], null, CPU, random).Recordings[0]); // the second half of what was heard once
        Assert.Null(utterances.Take([2], null, CPU, random).Recordings[0]);
        Assert.Equal([utterances.Vocabulary.Encode("a"), utterances.Vocabulary.Encode("b")], utterances.Take([4, 5], null, CPU, random).Labels);
    }

    [Fact]
    public void Nothing_is_put_together_where_it_is_not_asked_for()
    {
        using var scope = NewDisposeScope();
        using var utterances = new TrainingUtterances(Set, FeatureExtractor.For(Tones.SmallEncoder), Tones.Recipe with { SplicedShare = 0, SpliceAfterHearings = 0 });
        using var splicer = new Splicer(utterances.Vocabulary, mostWords: 2);
        foreach (var turn in Enumerable.Range(1, 5))
        {
            var batch = utterances.Take([0, 1, 2], splicer, CPU, new Random(turn));
            Assert.Equal([.. Set.Labels.Select(u => utterances.Vocabulary.Encode(u.Text))], batch.Labels);
            splicer.Hear(batch, zeros(3, batch.Speech.LongestFrameCount, utterances.Vocabulary.Size));
        }
    }
}
