using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Watching;

namespace Ssl.Transcriber.Tests.Serving.Watching;

public sealed class AnswerBoundsTests
{
    [Theory]
    [InlineData("same", null, null)]
    [InlineData("more confident, half as dear, a fifth more letters", null, null)]
    [InlineData("empty", BoundFault.EmptyTexts, "100 % of the texts are empty, 5 % of the former version's")]
    [InlineData("failing", BoundFault.Errors, "50 % of the pieces fail, 0 % of the former version's")]
    [InlineData("long", BoundFault.Letters, "30.0 letters a second, 10.0 of the former version")]
    [InlineData("short", BoundFault.Letters, "2.0 letters a second, 10.0 of the former version")]
    [InlineData("unsure", BoundFault.Confidence, "mean confidence 0.50, 0.90 of the former version")]
    [InlineData("slow", BoundFault.Latency, "6.0 times the former version's time")]
    public void A_figure_outside_its_bound_is_named(string version, string? bound, string? why)
    {
        var fault = AnswerBounds.Outside(Of(version, 60), Of("same", 200));
        Assert.Equal((bound, why), (fault?.Bound, fault?.Why));
    }

    [Theory]
    [InlineData(19, 200)]
    [InlineData(60, 19)]
    public void Of_few_answers_nothing_is_concluded(int now, int former) =>
        Assert.Null(AnswerBounds.Outside(Of("empty", now), Of("same", former)));

    /// <summary>An hour of looks at a version that differs by chance alone, for 200 promotions in quiet and busy services.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Chance_alone_brings_no_version_back(int answersALook)
    {
        var random = new Random(answersALook);
        for (var promotion = 0; promotion < 200; promotion++)
        {
            var former = Enumerable.Range(0, 200).Aggregate(default(AnswerFigures), (sum, _) => sum + Noisy(random));
            var latest = new Queue<AnswerFigures>();
            for (var look = 0; look < 200; look++)
            {
                for (var i = 0; i < answersALook; i++)
                    latest.Enqueue(Noisy(random));
                while (latest.Count > 100)
                    latest.Dequeue();
                var now = latest.Aggregate(default(AnswerFigures), (sum, one) => sum + one);
                Assert.Null(AnswerBounds.Outside(now, former));
            }
        }
    }

    static AnswerFigures Of(string version, int answers) => Enumerable.Range(0, answers).Aggregate(default(AnswerFigures), (sum, i) =>
        sum + (version switch
        {
            "empty" => Answer("", 0.9, 0.01),
            "failing" when i % 2 == 0 => AnswerFigures.OfFailure,
            "long" => Answer(new string('a', 60), 0.9, 0.01),
            "short" => Answer("aaaa", 0.9, 0.01),
            "unsure" => Answer(Twenty, 0.5, 0.01),
            "slow" => Answer(Twenty, 0.9, 0.06),
            "more confident, half as dear, a fifth more letters" => Answer(Twenty + "aaaa", 0.99, 0.005),
            _ => Answer(version == "same" && i % 20 == 0 ? "" : Twenty, 0.9, 0.01),
        }));

    static readonly string Twenty = new('a', 20);

    static AnswerFigures Noisy(Random random)
    {
        var text = random.Next(5) == 0 ? "" : new string('a', random.Next(5, 40));
        return random.Next(50) == 0 ? AnswerFigures.OfFailure
            : Answer(text, 0.6 + 0.4 * random.NextDouble(), 0.005 + 0.03 * random.NextDouble());
    }

    static AnswerFigures Answer(string text, double confidence, double cost) =>
        AnswerFigures.Of(new Transcription(text, [], confidence), audioSeconds: 2, cost);
}
