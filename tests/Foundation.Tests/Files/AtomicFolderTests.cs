using Ssl.Shared.Foundation.Files;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Files;

public sealed class AtomicFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_appears_whole_with_its_subfolders()
    {
        AtomicFolder.Write(folder.File("v1"), path =>
        {
            Directory.CreateDirectory(Path.Combine(path, "sub"));
            File.WriteAllText(Path.Combine(path, "sub", "a.txt"), "a");
            Assert.False(Directory.Exists(folder.File("v1")));
        });
        Assert.Equal("a", File.ReadAllText(folder.File("v1/sub/a.txt")));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_failure_leaves_nothing()
    {
        Assert.Throws<InvalidOperationException>(() => AtomicFolder.Write(folder.File("v1"), path =>
        {
            File.WriteAllText(Path.Combine(path, "a.txt"), "a");
            throw new InvalidOperationException("disk full");
        }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void One_that_is_there_is_not_replaced()
    {
        AtomicFolder.Write(folder.File("v1"), path => File.WriteAllText(Path.Combine(path, "a.txt"), "first"));
        Assert.Throws<IOException>(() =>
            AtomicFolder.Write(folder.File("v1"), path => File.WriteAllText(Path.Combine(path, "a.txt"), "second")));
        Assert.Equal("first", File.ReadAllText(folder.File("v1/a.txt")));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_a_crash_left_is_removed_unless_somebody_still_writes_it()
    {
        Directory.CreateDirectory(folder.File(".tmp-dead"));
        Directory.CreateDirectory(folder.File(".tmp-alive"));
        Directory.CreateDirectory(folder.File("v1"));
        AtomicFolder.RemoveLeftovers(folder.Path, name => name == "dead");
        Assert.Equal(
            [".tmp-alive", "v1"], Directory.EnumerateDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        AtomicFolder.RemoveLeftovers(folder.Path);
        AtomicFolder.RemoveLeftovers(folder.File("not there"));
        Assert.Equal(["v1"], Directory.EnumerateDirectories(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_file_is_replaced_in_one_step_and_crumbs_are_swept()
    {
        var path = folder.File("state.json");
        AtomicFile.Write(path, "old"u8);
        AtomicFile.Write(path, "new"u8);
        File.WriteAllText(path + ".123.tmp", "half");
        AtomicFile.RemoveLeftovers(folder.Path);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
