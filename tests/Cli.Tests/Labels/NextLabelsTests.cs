using System.Text.Json;
using Ssl.Cli.Labels;

namespace Ssl.Cli.Tests.Labels;

public sealed class NextLabelsTests
{
    [Fact]
    public void Each_segment_has_its_figures_text_and_reason_and_the_end_sums_up()
    {
        var printed = Print("""
            {"object": "list", "line": "ssl", "considered_seconds": 900, "data": [
              {"id": "2-17-0f3a", "duration_seconds": 6.24, "score": 0.942, "reason": "unsure", "text": "good by", "audio_url": "/a"},
              {"id": "0-3-77aa", "duration_seconds": 11.8, "score": 0.5, "reason": "sounds new", "text": "", "audio_url": "/b"}]}
            """);
        Assert.Equal(
            [
                "2-17-0f3a  6.2 s  score 0.94", "  good by", "  unsure", "0-3-77aa  11.8 s  score 0.50", "  (no text)", "  sounds new",
                "2 segments, 0.3 minutes, chosen from 15.0 minutes of the stream",
            ], printed);
    }

    [Fact]
    public void Where_there_is_none_it_is_said_why() =>
        Assert.Equal(["nothing to label: the stream is empty"],
            Print("""{"object": "list", "line": "ssl", "considered_seconds": 0, "data": [], "note": "the stream is empty"}"""));

    static string[] Print(string answer)
    {
        var output = new StringWriter();
        NextLabels.Print(JsonDocument.Parse(answer).RootElement, output);
        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
