using Ssl.Transcriber.Serving.ActiveLearning;

namespace Ssl.Transcriber.Tests.Serving.ActiveLearning;

public sealed class SegmentSelectorTests
{
    [Fact]
    public void What_the_champion_is_unsure_of_and_the_version_before_hears_otherwise_comes_first()
    {
        UnlabelledSegment[] pool = [Segment("sure", 0.9, 0.1), Segment("unsure", 0.3, 0.1), Segment("disputed", 0.3, 0.6)];
        var chosen = Choose(pool, noveltyShare: 0, seconds: 30);
        Assert.Equal(["disputed", "unsure", "sure"], chosen.Select(p => p.Segment.Id));
        Assert.Equal((0.875, 0.125), (chosen[0].Score, chosen[^1].Score)); // two have one confidence, two one text
        Assert.Contains("the champion is unsure (confidence 0.30)", chosen[0].Reason);
        Assert.Contains("the version before writes 60 % of the letters otherwise", chosen[0].Reason);
    }

    [Fact]
    public void Each_voice_comes_before_a_second_segment_of_one()
    {
        var pool = Voices(perVoice: 4, 0f, 5f, 10f);
        var chosen = Choose(pool, noveltyShare: 1, seconds: 30);
        Assert.Equal(3, chosen.Select(VoiceOf).Distinct().Count());
        Assert.Equal(chosen.Select(p => p.Score).OrderDescending(), chosen.Select(p => p.Score)); // each adds less
        Assert.Contains("little that is labelled", chosen[0].Reason);
    }

    [Fact]
    public void A_voice_that_is_labelled_comes_last()
    {
        var pool = Voices(perVoice: 4, 0f, 5f, 10f);
        var chosen = new SegmentSelector(new() { NoveltyShare = 1 }).Choose(pool, [Vector(5f)], 20);
        Assert.Equal(["0", "10"], chosen.Select(VoiceOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_common_voice_comes_before_an_odd_one()
    {
        UnlabelledSegment[] pool = [Heard("odd", 50f), .. Voices(perVoice: 5, 0f)];
        Assert.NotEqual("odd", Choose(pool, noveltyShare: 1, seconds: 10).Single().Segment.Id);
    }

    [Fact]
    public void Without_a_recognizer_sound_alone_decides()
    {
        var pool = Voices(perVoice: 3, 0f, 5f).Select(s => s with { Confidence = null, Disagreement = null }).ToArray();
        var chosen = Choose(pool, noveltyShare: 0, seconds: 20);
        Assert.Equal(2, chosen.Select(VoiceOf).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9.9)]
    [InlineData(35)]
    [InlineData(1000)]
    public void No_more_audio_is_chosen_than_asked_for_and_none_twice(double seconds)
    {
        var pool = Voices(perVoice: 3, 0f, 5f);
        var chosen = Choose(pool, noveltyShare: 0.5, seconds);
        Assert.Equal(Math.Min(pool.Length, (int)(seconds / 10)), chosen.Select(p => p.Segment.Id).Distinct().Count());
        Assert.All(chosen, p => Assert.InRange(p.Score, 0, 1));
    }

    [Fact]
    public void The_order_of_the_pool_has_no_effect()
    {
        var pool = Voices(perVoice: 4, 0f, 3f, 9f);
        var chosen = Choose(pool, noveltyShare: 0.5, seconds: 50).Select(p => p.Segment.Id).ToArray();
        new Random(1).Shuffle(pool);
        Assert.Equal(chosen, Choose(pool, noveltyShare: 0.5, seconds: 50).Select(p => p.Segment.Id));
    }

    [Theory]
    [InlineData("2-1234-0f3a", true)]
    [InlineData("2-1234-", false)]
    [InlineData("-1234-0f3a", false)]
    [InlineData("2--1-0f3a", false)]
    [InlineData("2-1234-0F3A", false)]
    [InlineData("2-99999999999999999999-0f3a", false)]
    [InlineData("audio.raw/0/1/2", false)]
    public void An_id_is_what_it_was_written_as_or_none(string text, bool isId)
    {
        Assert.Equal(isId ? new SegmentId(2, 1234, "0f3a") : null, SegmentId.Parse(text));
        Assert.Equal(isId ? text : null, SegmentId.Parse(text)?.ToString());
    }

    static IReadOnlyList<Proposal> Choose(UnlabelledSegment[] pool, double noveltyShare, double seconds) =>
        new SegmentSelector(new() { NoveltyShare = noveltyShare }).Choose(pool, [], seconds);

    static UnlabelledSegment[] Voices(int perVoice, params float[] voices) =>
        [.. voices.SelectMany(voice => Enumerable.Range(0, perVoice).Select(i => Heard($"{voice}:{i}", voice + i * 0.01f)))];

    static string VoiceOf(Proposal proposal) => proposal.Segment.Id.Split(':')[0];

    static UnlabelledSegment Heard(string id, float voice) =>
        new(id, 10, Vector(voice)) { Confidence = 0.5 + voice / 1000, Disagreement = 0.2 };

    static UnlabelledSegment Segment(string id, double confidence, double disagreement) =>
        new(id, 10, Vector(0)) { Confidence = confidence, Disagreement = disagreement };

    static float[] Vector(float voice) => [voice, -voice];
}
