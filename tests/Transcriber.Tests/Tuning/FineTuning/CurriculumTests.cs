using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.Augmentation;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class CurriculumTests
{
    static readonly TrainingSet Set = new(Tones.Utterances(3, seed: 1));
    static readonly Vocabulary Letters = VocabularyOf(Set);

    [Fact]
    public void A_recording_is_replaced_by_spliced_ones_only_after_many_uses_and_once_words_are_known()
    {
        using var scope = NewDisposeScope();
        using var curriculum = Of(Set, Tones.Recipe with { SplicedShare = 1, SpliceAfterUses = 5 });
        var own = TextOf(Set, 0);
        Assert.All(Enumerable.Range(1, 4), _ => Assert.Null(Use(curriculum, 0, loss: 3).Recordings[0])); // not yet to be spliced from
        foreach (var _ in Enumerable.Range(1, 30))
            Use(curriculum, 2, loss: 3);
        var fifth = Use(curriculum, 0, loss: 3);
        Assert.NotNull(fifth.Recordings[0]);
        Assert.Equal(own, Text(fifth));
        Assert.All(Enumerable.Range(6, 10), _ => Assert.Equal(own, Text(Use(curriculum, 0, loss: 3)))); // words are not known
        Assert.True(curriculum.Learn(fifth, LogitsOf(fifth), loss: -100));
        Assert.False(curriculum.Learn(fifth, LogitsOf(fifth), loss: -100)); // said once
        Assert.Contains(Enumerable.Range(16, 20), _ => Text(Use(curriculum, 0, loss: 0)) != own);
        Assert.Equal(TextOf(Set, 1), Text(Use(curriculum, 1, loss: 0))); // its first use
    }

    [Fact]
    public void A_piece_inherits_the_use_count_of_its_recording_and_a_new_epoch_begins()
    {
        using var scope = NewDisposeScope();
        TranscribedWord[] words = [new("a", 0, 0.1), new("b", 0.2, 0.3)];
        TrainingSet set = new([.. Set.Labels.Select(u => u with { Text = "a b", Words = words })]);
        using var curriculum = Of(set, Tones.Recipe with { PieceSeconds = 0.2, SpliceAfterUses = 2 });
        int Next() => Assert.Single(curriculum.Next(0.01).Labels).Length; // one recording a batch
        Assert.Equal(3, Next());
        curriculum.CutAtWords(aligner: null, () => true);
        Assert.All(Enumerable.Range(0, 6), _ => Assert.Equal(1, Next())); // six pieces of one letter
        Assert.Equal([.. Enumerable.Repeat(true, 6)], Enumerable.Range(0, 6)
            .Select(item => curriculum.Take([item]).Recordings[0] is not null));
        Assert.Equal([VocabularyOf(set).Encode("a"), VocabularyOf(set).Encode("b")], curriculum.Take([4, 5]).Labels);
    }

    [Fact]
    public void Only_pieces_of_the_used_recording_count_its_uses()
    {
        using var scope = NewDisposeScope();
        TranscribedWord[] words = [new("a", 0, 0.1), new("b", 0.2, 0.3)];
        TrainingSet set = new([.. Set.Labels.Select(u => u with { Text = "a b", Words = words })]);
        using var curriculum = Of(set, Tones.Recipe with { PieceSeconds = 0.2, SpliceAfterUses = 2 });
        Assert.Null(curriculum.Take([0]).Recordings[0]);
        curriculum.CutAtWords(aligner: null, () => true);
        Assert.NotNull(curriculum.Take([1]).Recordings[0]); // second half of what was used once
        Assert.Null(curriculum.Take([2]).Recordings[0]);
    }

    [Fact]
    public void Nothing_is_spliced_if_the_recipe_says_so()
    {
        using var scope = NewDisposeScope();
        using var curriculum = Of(Set, Tones.Recipe with { SplicedShare = 0, SpliceAfterUses = 0 });
        foreach (var _ in Enumerable.Range(1, 5))
        {
            var batch = curriculum.Take([0, 1, 2]);
            Assert.Equal([.. Set.Labels.Select(u => Letters.Encode(u.Text))], batch.Labels);
            curriculum.Learn(batch, LogitsOf(batch), loss: 0);
        }
    }

    static Curriculum Of(TrainingSet set, FineTuningRecipe recipe)
    {
        var random = new Random(1);
        var extractor = FeatureExtractor.For(Tones.SmallEncoder);
        return new Curriculum(set, VocabularyOf(set), extractor, recipe,
            new SpeechAugmentation(recipe, Tones.SmallEncoder, random), random);
    }

    static TrainingBatch Use(Curriculum curriculum, int item, double loss)
    {
        var batch = curriculum.Take([item]);
        curriculum.Learn(batch, LogitsOf(batch), loss);
        return batch;
    }

    static Tensor LogitsOf(TrainingBatch batch) => zeros(batch.Labels.Count, batch.Speech.MaxFrameCount, Letters.Size);

    static string Text(TrainingBatch batch) => string.Join(' ', batch.Labels[0]);

    static string TextOf(TrainingSet set, int utterance) => string.Join(' ', VocabularyOf(set).Encode(set.Labels[utterance].Text));

    static Vocabulary VocabularyOf(TrainingSet set) => Vocabulary.FromTexts(set.Labels.Select(u => u.Text));
}
