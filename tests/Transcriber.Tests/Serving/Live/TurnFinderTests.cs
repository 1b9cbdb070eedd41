using Ssl.TestKit;
using Ssl.Transcriber.Serving.Live;

namespace Ssl.Transcriber.Tests.Serving.Live;

public sealed class TurnFinderTests
{
    static readonly short[] TwoTurns = [.. TestAudio.Bursts(2, pauseSeconds: 1.5), .. TestAudio.Bursts(1, 1.5)[..24_000]]; // 1.2 s each

    [Theory]
    [InlineData(160)]
    [InlineData(777)]
    [InlineData(1_000_000)]
    public void Turns_and_their_samples_are_the_same_however_the_audio_comes(int blockSamples)
    {
        var (whole, pieces) = (Find(TwoTurns.Length), Find(blockSamples));
        Assert.Equal(4, whole.Changes.Count);
        Assert.Equal(whole.Changes, pieces.Changes);
        Assert.Equal(whole.Samples, pieces.Samples);
    }

    [Fact]
    public void A_turn_has_its_padding_before_and_its_silence_behind()
    {
        var (changes, samples) = Find(1600, new TurnDetection(PrefixPaddingMs: 300, SilenceDurationMs: 400));
        var (start, stop) = (changes[0].Sample / 16.0, changes[1].Sample / 16.0); // ms; the first tone lasts from 1500 to 2700
        Assert.InRange(start, 1_100, 1_300);
        Assert.InRange(stop, 3_050, 3_600);
        Assert.Equal(TwoTurns[(int)changes[0].Sample..(int)changes[1].Sample], samples[..(int)(changes[1].Sample - changes[0].Sample)]);
    }

    [Fact]
    public void A_longer_silence_joins_what_a_shorter_one_parts_and_a_threshold_of_one_hears_nothing()
    {
        Assert.Equal([TurnChange.Started], Find(1600, new TurnDetection(SilenceDurationMs: 1_900)).Changes.Select(c => c.Change));
        Assert.Empty(Find(1600, new TurnDetection(Threshold: 1)).Changes);
    }

    [Fact]
    public void A_click_is_no_turn()
    {
        var clicks = new short[48_000];
        for (var i = 16_000; i < clicks.Length; i += 8_000)
            Array.Fill(clicks, (short)20_000, i, 160);
        Assert.DoesNotContain(new TurnFinder(0).Push(clicks, new TurnDetection()), e => e.Change == TurnChange.Started);
    }

    [Fact]
    public void Sample_numbers_count_from_the_start_of_the_session_and_a_commit_takes_what_is_kept()
    {
        var finder = new TurnFinder(origin: 100_000);
        var started = finder.Push(TwoTurns.AsSpan(0, 32_000), new TurnDetection())[0];
        Assert.InRange(started.Sample, 100_000 + 17_000, 100_000 + 24_000);
        Assert.True(finder.InTurn);
        Assert.Equal(0, finder.End().Length); // all was given out
        finder.Push(new short[16_000], new TurnDetection());
        Assert.InRange(finder.End().Length, 4_800, 9_600);
    }

    static (List<(TurnChange Change, long Sample)> Changes, short[] Samples) Find(int blockSamples, TurnDetection? settings = null)
    {
        var (finder, changes, samples) = (new TurnFinder(0), new List<(TurnChange, long)>(), new List<short>());
        foreach (var block in TwoTurns.Chunk(blockSamples))
        {
            foreach (var turn in finder.Push(block, settings ?? new TurnDetection()))
            {
                samples.AddRange(turn.Samples.Span);
                if (turn.Change != TurnChange.None)
                    changes.Add((turn.Change, turn.Sample));
            }
        }
        return (changes, [.. samples]);
    }
}
