using Ssl.Shared.Model;
using Ssl.Transcriber.FineTuning;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tests.FineTuning;

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
        TrainingBatch Take(int item, Splicer? from) => utterances.Take([item], from, CPU, random);
        foreach (var turn in Enumerable.Range(1, 5))
            Hear(Take(0, splicer));
        Hear(Take(1, splicer));
        Assert.Null(Take(0, splicer).Recordings[0]); // the sixth time
        Assert.NotNull(Take(0, null).Recordings[0]); // not yet the time for it
        Assert.NotNull(Take(1, splicer).Recordings[0]); // the second time

        void Hear(TrainingBatch batch)
        {
            Assert.NotNull(batch.Recordings[0]);
            splicer.Hear(batch, zeros(1, batch.Speech.LongestFrameCount, utterances.Vocabulary.Size));
        }
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
            Assert.DoesNotContain(null, batch.Recordings);
            splicer.Hear(batch, zeros(3, batch.Speech.LongestFrameCount, utterances.Vocabulary.Size));
        }
    }
}
