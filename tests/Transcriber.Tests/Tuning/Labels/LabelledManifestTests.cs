using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.TestKit;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

public sealed class LabelledManifestTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public LabelledManifestTests() => File.WriteAllBytes(folder.File("a.wav"), [0]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_line_that_cannot_be_used_is_named_and_the_rest_is_used()
    {
        var labels = Read(
            """{"audio_filepath": "a.wav", "text": "One two", "duration": 1.5, "speaker": 17, "split": "train", "extra": [1]}""",
            """{"audio_filepath": "missing.wav", "text": "three"}""",
            "",
            "not json",
            """{"audio_filepath": "a.wav", "text": "  "}""",
            """{"text": "no audio"}""",
            """["a.wav"]""",
            """{"audio_filepath": "a.wav", "text": 4}""",
            """{"audio_filepath": "a\u0000.wav", "text": "five"}""",
            """{"audio_filepath": "a.wav", "text": "\ud800"}""",
            """{"audio_filepath": "a.wav", "text": "six", "offset": -1}""",
            """{"audio_filepath": "a.wav", "text": "seven", "duration": "long"}""");
        var usable = labels.Entries.Select(e => e with { AudioPath = "" }).ToArray();
        Assert.Equal([new LabelledRecording(1, "a.wav", "", "One two", "17", "train") { DurationSeconds = 1.5 },
            new LabelledRecording(8, "a.wav", "", "4", null, null)], usable);
        Assert.Equal([2, 4, 5, 6, 7, 9, 10, 11, 12], labels.Problems.Select(p => p.Line));
        Assert.Contains("manifest.jsonl:2: missing.wav: no such file", labels.Problems[0].ToString(), StringComparison.Ordinal);
        Assert.Contains(":5: a.wav: the text is empty", labels.Problems[2].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stretch_of_a_long_file_is_a_recording_and_has_one_text()
    {
        var labels = Read(
            """{"audio_filepath": "a.wav", "text": "one", "offset": 0, "duration": 1.5}""",
            """{"audio_filepath": "a.wav", "text": "two", "offset": "1.5", "duration": 2.25}""",
            $$"""{"audio_filepath": "{{folder.File("a.wav")}}", "text": "two again", "offset": 1.5, "duration": 2.25}""",
            """{"audio_filepath": "a.wav", "text": "rest", "offset": 3.75}""");
        Assert.Equal(["a.wav", "a.wav#t=1.5,3.75", "a.wav#t=3.75,"], labels.Entries.Select(e => e.Id));
        Assert.EndsWith(":3: " + folder.File("a.wav") + "#t=1.5,3.75: has a text already, in line 2",
            Assert.Single(labels.Problems).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_order_mark_and_line_ends_of_other_systems_are_read()
    {
        File.WriteAllText(folder.File("manifest.jsonl"), "{\"audio_filepath\": \"a.wav\", \"text\": \"one\"}\r\n\r\n",
            new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("one", Assert.Single(LabelledManifest.Read(folder.File("manifest.jsonl")).Entries).Text);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void The_encodings_of_other_systems_are_read(string encoding)
    {
        File.WriteAllText(folder.File("manifest.jsonl"), "{\"audio_filepath\": \"a.wav\", \"text\": \"fünf\"}\n",
            System.Text.Encoding.GetEncoding(encoding));
        Assert.Equal("fünf", Assert.Single(LabelledManifest.Read(folder.File("manifest.jsonl")).Entries).Text);
    }

    [Theory]
    [InlineData("""{"file_name": "a.wav", "transcription": "x"}""")] // Hugging Face's audiofolder
    [InlineData("""{"path": "a.wav", "sentence": "x"}""")] // Common Voice
    [InlineData("""{"audio": "a.wav", "transcript": "x", "duration": null}""")]
    [InlineData("""{"audio_filepath": ".\\sub\\..\\a.wav", "text": "x"}""")] // Windows
    public void Names_and_paths_of_other_tools_are_understood(string line)
    {
        Directory.CreateDirectory(folder.File("sub"));
        Assert.Equal("x", Assert.Single(Read(line).Entries).Text);
    }

    [Fact]
    public void The_home_folder_is_understood() =>
        Assert.Contains(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/no such recording.wav",
            Read("""{"audio_filepath": "~/no such recording.wav", "text": "x"}""").Problems[^1].Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("[{\"audio_filepath\": \"a.wav\", \"text\": \"x\"},\n {\"audio_filepath\": \"a.wav\", \"text\": \"y\"}]",
        "is a JSON array")]
    [InlineData("client_id\tpath\tsentence\n1\ta.wav\tx", "is a table")]
    [InlineData("path,text\na.wav,x\na.wav,y", "is a table")]
    public void A_file_of_another_layout_is_one_problem_with_the_remedy(string file, string expected)
    {
        var problem = Assert.Single(Read(file.Split('\n')).Problems);
        Assert.Contains(expected, problem.Reason, StringComparison.Ordinal);
        Assert.Contains("one", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_JSON_has_not_are_named() => Assert.StartsWith("NaN and Infinity",
        Read("""{"audio_filepath": "a.wav", "text": "x", "duration": NaN}""").Problems[^1].Reason, StringComparison.Ordinal);

    [Fact]
    public void A_recording_that_is_cut_off_is_used_and_named_and_its_stretches_before_the_cut_are_whole()
    {
        var wav = TestAudio.Wav(TestAudio.Bursts(3));
        File.WriteAllBytes(folder.File("a.wav"), wav[..^64_000]); // 4 s of 6
        var labels = Read("""{"audio_filepath": "a.wav", "text": "all"}""",
            """{"audio_filepath": "a.wav", "text": "inside", "offset": 1, "duration": 2}""",
            """{"audio_filepath": "a.wav", "text": "behind", "offset": 5, "duration": 1}""");
        var reader = new RecordingReader(new TextPolicy());
        Assert.Equal(4, reader.Read(labels.Entries[0], out var problem)!.DurationSeconds);
        Assert.StartsWith("33.3% of the audio is missing", problem, StringComparison.Ordinal);
        Assert.Equal(2, reader.Read(labels.Entries[1], out problem)!.DurationSeconds);
        Assert.Null(problem);
        Assert.Null(reader.Read(labels.Entries[2], out problem));
        Assert.Contains("at or after the end", problem, StringComparison.Ordinal);
        var strict = new RecordingReader(new TextPolicy(), truncated: TruncatedAudio.Refuse);
        Assert.Null(strict.Read(labels.Entries[0], out problem));
        Assert.StartsWith("33.3% of the audio is missing", problem, StringComparison.Ordinal);
        Assert.NotNull(strict.Read(labels.Entries[1], out _));
    }

    [Fact]
    public void A_manifest_without_a_usable_line_says_so_first()
    {
        var labels = Read("x", """{"audio_filepath": "b.wav", "text": "b"}""");
        Assert.Empty(labels.Entries);
        Assert.EndsWith("manifest.jsonl: not one of its 2 lines can be used", labels.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_manifest_is_a_problem_not_an_exception() =>
        Assert.EndsWith("nowhere.jsonl: is not there", Assert.Single(LabelledManifest.Read(folder.File("nowhere.jsonl")).Problems)
            .ToString(), StringComparison.Ordinal);

    LabelledManifest Read(params string[] lines)
    {
        File.WriteAllLines(folder.File("manifest.jsonl"), lines);
        return LabelledManifest.Read(folder.File("manifest.jsonl"));
    }
}
