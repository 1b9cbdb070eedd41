using Ssl.Shared.Speech.Scoring;

namespace Ssl.Speech.Tests.Scoring;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void The_difference_is_that_of_the_error_rates_over_all_recordings()
    {
        var interval = PairedBootstrap.Of([.. Enumerable.Range(0, 20).Select(i => new PairedErrors(i % 2, 3, 10 + i % 3, null))]);
        Assert.Equal((10 - 60) / Enumerable.Range(0, 20).Sum(i => 10.0 + i % 3), interval.Difference, 12);
        Assert.True(interval is { IsBelowZero: true, Units: 20, BySpeaker: false });
        Assert.InRange(interval.Difference, interval.Low, interval.High);
    }

    /// <summary>Of recognizers of equal error, one in 40 comparisons says "better", also with few recordings.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(80)]
    public void Equal_recognizers_differ_as_rarely_as_the_interval_says(int recordings)
    {
        const int trials = 1000;
        var random = new Random(recordings);
        var below = Enumerable.Range(0, trials).Count(_ => PairedBootstrap.Of(Pairs(random, recordings, better: 0)).IsBelowZero);
        TestContext.Current.TestOutputHelper?.WriteLine($"{recordings} recordings: {below} of {trials} below zero");
        Assert.InRange(below, 0, 40); // 25 expected
    }

    [Fact]
    public void A_third_fewer_errors_are_found_with_twenty_recordings()
    {
        var random = new Random(1);
        var found = Enumerable.Range(0, 200).Count(_ => PairedBootstrap.Of(Pairs(random, 20, better: 0.33)).IsBelowZero);
        Assert.InRange(found, 160, 200);
    }

    [Fact]
    public void With_few_recordings_nothing_is_significant() =>
        Assert.False(PairedBootstrap.Of([.. Enumerable.Repeat(new PairedErrors(0, 9, 10, null), 5)]).IsBelowZero);

    /// <summary>Ten recordings of a speaker are no ten observations: nine speakers are equal, for one all recordings are better.</summary>
    [Fact]
    public void Speakers_are_drawn_where_there_are_enough_of_them()
    {
        PairedErrors[] pairs = [.. Enumerable.Range(0, 100).Select(i => new PairedErrors(i < 10 ? 0 : 3, 3, 10, $"speaker {i / 10}"))];
        Assert.True(PairedBootstrap.Of(pairs) is { BySpeaker: true, Units: 10, IsBelowZero: false });
        Assert.True(PairedBootstrap.Of([.. pairs.Select(p => p with { Speaker = null })]) is { Units: 100, IsBelowZero: true });
    }

    /// <summary>Recordings of 5 to 60 letters, easy and hard; both recognizers find the same ones hard.</summary>
    static PairedErrors[] Pairs(Random random, int count, double better) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            var (length, error) = (random.Next(5, 61), 0.1 + 0.5 * random.NextDouble());
            return new PairedErrors(Errors(error * (1 - better)), Errors(error), length, null);

            int Errors(double share) => Enumerable.Range(0, length).Count(_ => random.NextDouble() < share);
        }),
    ];
}
