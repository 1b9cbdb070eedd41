using Ssl.Cli.Labels;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Labels;

public sealed class LabelReportTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_tells_what_a_set_holds_and_what_it_lacks()
    {
        File.WriteAllBytes(folder.File("a.wav"), TestAudio.Wav(TestAudio.Bursts(5)));
        File.WriteAllBytes(folder.File("b.wav"), [1, 2, 3]);
        File.WriteAllLines(folder.File("manifest.jsonl"),
        [
            """{"audio_filepath": "a.wav", "text": "Ab", "speaker": "x", "split": "train", "duration": 2}""",
            """{"audio_filepath": "a.wav", "text": "bcd", "offset": 2, "split": "test"}""",
            """{"audio_filepath": "b.wav", "text": "noise"}""",
            "not json",
        ]);
        var report = LabelReport.Of(LabelledManifest.Read(folder.File("manifest.jsonl")), new TextPolicy(),
            read: null, TestContext.Current.CancellationToken);
        Assert.Equal([3, 4], report.Problems.Select(p => p.Line));
        Assert.Equal(
            """
            recordings  2, 0.00 h
            split test  1, 0.00 h
            split train 1, 0.00 h
            speakers    1; 1 recordings name none
            letters     4: b a c d
            shortest    2.00 s, a.wav
            longest     8.00 s, a.wav#t=2,
            fastest     1.0 letters a second, a.wav
            problems    2
            """, report.ToString());
    }
}
