using Ssl.Cli.Publishing;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Publishing;

public sealed class AudioFilesTests
{
    [Fact]
    public void Recordings_of_phones_and_browsers_are_found_and_texts_are_not()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "a.WAV", "b.webm", "c.m4a", "d.txt", "e.alaw" })
            File.WriteAllBytes(folder.File(name), [0]);
        Assert.Equal(["a.WAV", "b.webm", "c.m4a", "e.alaw"], AudioFiles.Find(folder.Path).Select(Path.GetFileName));
        Assert.Equal(["audio/wav", null, null, "audio/PCMA"], AudioFiles.Find(folder.Path).Select(AudioFiles.ContentType));
    }

    [Fact]
    public void A_folder_without_audio_says_what_is_audio()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(".webm", Assert.Throws<FileNotFoundException>(() => AudioFiles.Find(folder.Path)).Message);
    }
}
