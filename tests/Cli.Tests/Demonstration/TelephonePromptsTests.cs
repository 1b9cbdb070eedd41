using System.Text.Json;
using Ssl.Cli.Demonstration;
using Ssl.Shared.Speech.Labels;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Demonstration;

public sealed class TelephonePromptsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    IReadOnlyList<Prompt> Parse(params string[] lines)
    {
        foreach (var name in lines.Select(l => l.Split(':')[0]))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
            File.WriteAllBytes(folder.File(name + ".wav"), TestAudio.Wav(new short[8000], rateHz: 8000));
        }
        return TelephonePrompts.Parse(string.Join('\n', lines), folder.Path);
    }

    [Theory]
    [InlineData("vm-a: Press 1 to record, or # to exit!", "press one to record or pound to exit")]
    [InlineData("digits/a-m: A.M.", "am")]
    [InlineData("digits/oclock: o'clock", "o'clock")]
    [InlineData("x: Please hold...", "please hold")]
    public void A_prompt_is_written_as_it_is_spoken(string line, string spoken) => Assert.Equal(spoken, Assert.Single(Parse(line)).Text);

    [Theory]
    [InlineData("beep: [this is a simple beep tone]")]
    [InlineData("join: <beep ascending>")]
    [InlineData("number: dial 1234 now")]
    [InlineData("; a comment: not a prompt")]
    [InlineData("silence: ...")]
    public void What_is_not_certain_is_left_out(string line) => Assert.Empty(Parse(line));

    [Fact]
    public void A_prompt_without_its_recording_is_left_out() => Assert.Empty(TelephonePrompts.Parse("gone: Goodbye.", folder.Path));

    [Fact]
    public void The_same_words_never_stand_on_both_sides()
    {
        var prompts = Parse([.. Enumerable.Range(0, 300).Select(i => $"p{i}: words {new string((char)('a' + i % 26), 1 + i / 26)}"),
            "q1: goodbye", "q2: Goodbye!"]);
        Assert.Equal(prompts[^2].HeldOut, prompts[^1].HeldOut);
        Assert.InRange(prompts.Count(p => p.HeldOut), 30, 100);
    }

    [Fact]
    public void The_manifest_is_one_that_the_labelled_set_is_read_from()
    {
        var path = folder.File("labels/manifest.jsonl");
        TelephonePrompts.WriteManifest(Parse("a: one thing", "b: another thing"), path);
        var read = LabelledManifest.Read(path);
        Assert.Empty(read.Problems);
        Assert.Equal(["one thing", "another thing"], read.Entries.Select(e => e.Text));
        Assert.All(read.Entries, e => Assert.Contains(e.Split, new[] { "train", "test" }));
        Assert.All(File.ReadLines(path), line =>
            Assert.Equal(1.0, JsonDocument.Parse(line).RootElement.GetProperty("duration").GetDouble()));
    }

    [Fact]
    public void Missing_packages_are_named()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => TelephonePrompts.Read(folder.File("nowhere"), folder.File("nothing.gz")));
        Assert.Contains("asterisk-core-sounds-en-wav", missing.Message);
    }
}
