using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class WordCutsTests
{
    const int Rate = 16_000;

    [Fact]
    public void Pieces_are_of_about_equal_length_and_meet_between_words()
    {
        // Twelve words of half a second, each followed by half a second of silence.
        var recording = Recording(12);
        var pieces = WordCuts.Of(recording, Words(12, 0.5), 5);
        Assert.Equal(["w0 w1 w2 w3", "w4 w5 w6 w7", "w8 w9 w10 w11"], pieces.Select(p => p.Text));
        Assert.Equal([3.75 * Rate, 4 * Rate, 4.25 * Rate], pieces.Select(p => (double)p.Samples.Length));
    }

    [Theory]
    [InlineData(4, 4)] // short enough
    [InlineData(1, 60)] // one word
    public void A_short_recording_or_a_single_word_stays_whole(int words, int seconds)
    {
        var recording = Recording(seconds);
        Assert.Same(recording, Assert.Single(WordCuts.Of(recording, Words(words, 0.5), 5)));
    }

    [Fact]
    public void Nothing_is_lost_and_only_a_single_word_is_too_long()
    {
        var random = new Random(1);
        for (var round = 0; round < 40; round++)
        {
            var (words, at) = (new List<TranscribedWord>(), 0.0);
            var count = random.Next(2, 40);
            for (var word = 0; word < count; word++)
            {
                at += random.NextDouble() * 0.5;
                var end = at + 0.03 + random.NextDouble() * (random.Next(10) == 0 ? 9 : 1);
                words.Add(new TranscribedWord($"w{word}", at, end));
                at = end;
            }
            var text = string.Join(' ', words.Select(w => w.Word));
            var recording = Recording(at + random.NextDouble()) with { Text = text };
            var pieces = WordCuts.Of(recording, words, 5);
            Assert.Equal(text, string.Join(' ', pieces.Select(p => p.Text)));
            Assert.Equal(recording.Samples.ToArray(), pieces.SelectMany(p => p.Samples.ToArray()));
            Assert.All(pieces, p => Assert.True(p.Samples.Length <= 5 * Rate + 1 || !p.Text.Contains(' ', StringComparison.Ordinal),
                $"{p.Text}: {p.Samples.Length}"));
        }
    }

    [Fact]
    public void Nothing_is_cut_where_words_are_not_known()
    {
        LabelledUtterance[] recordings = [Recording(12) with { Words = Words(12, 0.5) }, Recording(12)];
        int[] Pieces(double seconds)
        {
            var recipe = Tones.Recipe with { PieceSeconds = seconds };
            var aligned = WordCuts.Align(recordings, aligner: null, recipe, () => true);
            return [.. WordCuts.Of(recordings, aligned, recipe).Select(p => p.Count)];
        }
        Assert.Equal([3, 1], Pieces(5));
        Assert.Equal([1, 1], Pieces(0));
    }

    static LabelledUtterance Recording(double seconds) =>
        new("r", "as labelled", Enumerable.Range(0, (int)(seconds * Rate)).Select(i => (short)i).ToArray());

    static TranscribedWord[] Words(int count, double seconds) =>
        [.. Enumerable.Range(0, count).Select(i => new TranscribedWord($"w{i}", i, i + seconds))];
}
