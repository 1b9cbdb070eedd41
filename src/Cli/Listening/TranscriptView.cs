using System.Text.Json;

namespace Ssl.Cli.Listening;

/// <summary>
/// Prints what a session says: a line an utterance; on a terminal also while it is spoken, what may still change in grey. As JSON, the
/// events that carry text or turns, one a line.
/// </summary>
/// <param name="width">Columns of the terminal; null: not a terminal.</param>
sealed class TranscriptView(TextWriter output, bool json, int? width)
{
    const string Transcription = "conversation.item.input_audio_transcription.";
    const string StartOfLine = "\r\u001b[K";
    const string Grey = "\u001b[90m";
    const string Plain = "\u001b[0m";

    string stable = "", open = "";

    public void Show(JsonElement live)
    {
        var type = live.GetProperty("type").GetString()!;
        var kind = type.StartsWith(Transcription, StringComparison.Ordinal) ? type[Transcription.Length..] : null;
        if (json)
        {
            if (kind is not null || type is "input_audio_buffer.speech_started" or "input_audio_buffer.speech_stopped")
                output.WriteLine(live.GetRawText());
            return;
        }
        switch (kind)
        {
            case "delta":
                (stable, open) = (stable + live.GetProperty("delta").GetString(), "");
                ShowOpen();
                break;
            case "partial":
                open = live.GetProperty("text").GetString()!;
                ShowOpen();
                break;
            case "completed":
                End(live.GetProperty("transcript").GetString()!);
                break;
            case "failed":
                End($"(failed: {live.GetProperty("error").GetProperty("message").GetString()})");
                break;
        }
    }

    /// <summary>The end of the line, as much as the terminal is wide.</summary>
    void ShowOpen()
    {
        if (width is not { } columns)
            return;
        var between = stable.Length > 0 && open.Length > 0 ? " " : "";
        var hidden = Math.Max(0, stable.Length + between.Length + open.Length + 1 - columns);
        var shown = stable[Math.Min(hidden, stable.Length)..];
        output.Write($"{StartOfLine}{shown}{between}{Grey}{open[Math.Clamp(hidden - stable.Length, 0, open.Length)..]}{Plain}");
    }

    void End(string text)
    {
        (stable, open) = ("", "");
        if (width is not null)
            output.Write(StartOfLine);
        if (text.Length > 0)
            output.WriteLine(text);
    }
}
