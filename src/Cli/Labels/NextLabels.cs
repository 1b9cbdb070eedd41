using System.Globalization;
using System.Text.Json;

namespace Ssl.Cli.Labels;

/// <summary>The answer of <c>/admin/labels/next</c> for people.</summary>
static class NextLabels
{
    /// <summary>Three lines a segment: id and figures, the champion's text, the reason; then a line about all.</summary>
    public static void Print(JsonElement answer, TextWriter output)
    {
        var proposals = answer.GetProperty("data").EnumerateArray().ToArray();
        foreach (var proposal in proposals)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Text(proposal, "id")}  {Number(proposal, "duration_seconds"):0.0} s  score {Number(proposal, "score"):0.00}"));
            output.WriteLine($"  {(Text(proposal, "text") is { Length: > 0 } text ? text : "(no text)")}");
            output.WriteLine($"  {Text(proposal, "reason")}");
        }
        var (seconds, considered) = (proposals.Sum(p => Number(p, "duration_seconds")), Number(answer, "considered_seconds"));
        output.WriteLine(proposals.Length == 0 ? $"nothing to label: {Text(answer, "note")}" : string.Create(CultureInfo.InvariantCulture,
            $"{proposals.Length} segments, {seconds / 60:0.0} minutes, chosen from {considered / 60:0.0} minutes of the stream"));
    }

    static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
    static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();
}
