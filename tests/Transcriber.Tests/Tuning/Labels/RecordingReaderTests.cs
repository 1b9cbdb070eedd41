using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.TestKit;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

public sealed class RecordingReaderTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly RecordingReader reader = new(new TextPolicy(), maxSeconds: 2);

    public RecordingReaderTests() =>
        File.WriteAllBytes(folder.File("a.wav"), TestAudio.Wav([.. Enumerable.Range(0, 48_000).Select(i => (short)(i % 16_000 - 8_000))]));

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 1.5, 0, 24_000)]
    [InlineData(1.5, 1.0, 24_000, 16_000)]
    [InlineData(1.5, null, 24_000, 24_000)]
    [InlineData(2, 0.95, 32_000, 16_000)] // rounded in the manifest: to the end
    [InlineData(2, 60.0, 32_000, 16_000)]
    public void A_stretch_is_cut_out(double offset, double? duration, int first, int count)
    {
        var samples = reader.Read(Line(offset, duration), out var problem)!.Samples.Span;
        Assert.Null(problem);
        Assert.Equal(count, samples.Length);
        Assert.InRange(samples[0] - (first % 16_000 - 8_000), -2, 2);
    }

    [Theory]
    [InlineData(0.0, null, "One", "lasts 3.0 s, more than 2 s")]
    [InlineData(3.5, null, "One", "offset 3.5 s is at or after the end (3.00 s)")]
    [InlineData(1.0, 1.0, "...", "the text holds no letter")]
    public void What_cannot_be_learnt_from_is_told(double offset, double? duration, string text, string expected)
    {
        Assert.Null(reader.Read(Line(offset, duration) with { Text = text }, out var problem));
        Assert.Equal(expected, problem);
    }

    LabelledRecording Line(double offset, double? duration) =>
        new(1, "a.wav", folder.File("a.wav"), "One", null, null) { OffsetSeconds = offset, DurationSeconds = duration };
}
