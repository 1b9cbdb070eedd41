using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Cli.Demonstration;

/// <summary>
/// Debian's English telephone prompts (packages <c>asterisk-core-sounds-en-wav</c> and <c>asterisk-core-sounds-en</c>, CC BY-SA 3.0):
/// 0.4 h of real speech by one speaker, with transcripts.
/// </summary>
sealed partial class TelephonePrompts
{
    const string SoundFolder = "/usr/share/asterisk/sounds/en_US_f_Allison";
    const string TranscriptFile = "/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz";
    const int HeldOutOneIn = 5;
    const double MaxSeconds = 20; // of a segment: a longer prompt would be cut, and there is no text for each part

    static readonly string[] DigitWords = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>
    /// Every prompt whose words are certain: no tones, silence, notes in brackets, numbers of several digits, nor the few over 20 s.
    /// </summary>
    /// <exception cref="FileNotFoundException">The packages are not installed.</exception>
    public static IReadOnlyList<Prompt> Read(string soundFolder = SoundFolder, string transcriptFile = TranscriptFile)
    {
        if (!Directory.Exists(soundFolder) || !File.Exists(transcriptFile))
            throw new FileNotFoundException(
                "the prompts are not installed: run make setup, or apt-get install asterisk-core-sounds-en-wav asterisk-core-sounds-en");
        using var stream = new GZipStream(File.OpenRead(transcriptFile), CompressionMode.Decompress);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(reader.ReadToEnd(), soundFolder);
    }

    /// <summary>Lines are <c>name: text</c>; <c>;</c> starts a comment.</summary>
    internal static IReadOnlyList<Prompt> Parse(string transcripts, string soundFolder)
    {
        var prompts = new List<Prompt>();
        foreach (var line in transcripts.Split('\n'))
        {
            if (line.StartsWith(';') || line.Split(": ", 2) is not [{ Length: > 0 } name, var words] || Spoken(words) is not { } text)
                continue;
            var path = Path.Combine(soundFolder, name.Trim() + ".wav");
            if (File.Exists(path) && new Prompt(name.Trim(), path, text, IsHeldOut(text)) is { DurationSeconds: <= MaxSeconds } prompt)
                prompts.Add(prompt);
        }
        return prompts;
    }

    /// <summary>Writes the labelled set as <c>manifest.jsonl</c>, with the splits <c>train</c> and <c>test</c> (held out).</summary>
    public static void WriteManifest(IEnumerable<Prompt> prompts, string path)
    {
        var lines = prompts.Select(prompt => JsonSerializer.Serialize(new
        {
            audio_filepath = prompt.Path,
            duration = Math.Round(prompt.DurationSeconds, 2),
            text = prompt.Text,
            speaker = "allison",
            split = prompt.HeldOut ? "test" : "train",
        }) + '\n');
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(string.Concat(lines)));
    }

    static string? Spoken(string written)
    {
        if (Uncertain().IsMatch(written))
            return null;
        var words = Digit().Replace(written, m => $" {DigitWords[m.Value[0] - '0']} ").Replace("*", " star ", StringComparison.Ordinal)
            .Replace("#", " pound ", StringComparison.Ordinal);
        words = NotSpoken().Replace(words.ToLowerInvariant().Replace(".m.", "m", StringComparison.Ordinal), " ").Trim();
        return words.Length == 0 ? null : words;
    }

    /// <summary>By a hash of the text (FNV-1a, 32 bit), so that two recordings of the same words are in the same split.</summary>
    static bool IsHeldOut(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ letter) * 16777619u;
        return (hash >> 8) % HeldOutOneIn == 0;
    }

    [GeneratedRegex(@"[\[\]<>()=@$+/]|[0-9]{2}")]
    private static partial Regex Uncertain();
    [GeneratedRegex("[0-9]")]
    private static partial Regex Digit();
    [GeneratedRegex("[^a-z']+")]
    private static partial Regex NotSpoken();
}
