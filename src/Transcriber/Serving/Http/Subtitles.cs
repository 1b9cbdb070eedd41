using System.Text;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Segments as SubRip (<c>srt</c>) and WebVTT (<c>vtt</c>, W3C) write them.</summary>
static class Subtitles
{
    public static string Srt(IReadOnlyList<SpokenSegment> segments)
    {
        var text = new StringBuilder();
        for (var i = 0; i < segments.Count; i++)
            text.Append($"{i + 1}\n{Time(segments[i].StartSeconds, ',')} --> {Time(segments[i].EndSeconds, ',')}\n{segments[i].Text}\n\n");
        return text.ToString();
    }

    public static string Vtt(IReadOnlyList<SpokenSegment> segments)
    {
        var text = new StringBuilder("WEBVTT\n\n");
        foreach (var segment in segments)
            text.Append($"{Time(segment.StartSeconds, '.')} --> {Time(segment.EndSeconds, '.')}\n{segment.Text}\n\n");
        return text.ToString();
    }

    static string Time(double seconds, char fraction)
    {
        var time = TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        return $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}{fraction}{time.Milliseconds:000}";
    }
}
