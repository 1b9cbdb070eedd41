using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks one needed symbol version of an ELF library as weak (VER_FLG_WEAK), so that a loader whose libstdc++ is older accepts it.
/// libLibTorchSharp.so asks for GLIBCXX_3.4.32, an empty marker that no relocation uses; Debian 12 has 3.4.30.
/// Does nothing where the machine's libstdc++ has the version. Source: System V gABI, "Version Dependency Section".
/// </summary>
public sealed class WeakenSymbolVersion : Task
{
    const uint VersionNeedSection = 0x6ffffffe;
    const int WeakFlag = 2;

    static readonly string[] StandardLibraryFolders = { "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64", "/lib" };

    [Required]
    public string[] Libraries { get; set; } = Array.Empty<string>();

    [Required]
    public string SymbolVersion { get; set; } = "";

    /// <summary>Whatever this machine has: the library will run on another system (a container image).</summary>
    public bool Always { get; set; }

    public override bool Execute()
    {
        if (!Always && MachineHasVersion())
            return true;
        foreach (var library in Libraries.Where(File.Exists))
            Weaken(library);
        return !Log.HasLoggedErrors;
    }

    bool MachineHasVersion()
    {
        var standardLibrary = StandardLibraryFolders.Select(f => Path.Combine(f, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        return standardLibrary == null || IndexOf(File.ReadAllBytes(standardLibrary), Encoding.ASCII.GetBytes(SymbolVersion + "\0")) >= 0;
    }

    void Weaken(string library)
    {
        var elf = File.ReadAllBytes(library);
        var flags = FlagsOffset(elf);
        if (flags < 0 || (elf[flags] & WeakFlag) != 0)
            return;
        elf[flags] |= WeakFlag;
        // The file may be a hard link into the package cache: never write through it, put a new file in its place.
        var time = File.GetLastWriteTimeUtc(library);
        var temporary = library + ".weakened";
        File.WriteAllBytes(temporary, elf);
        File.SetLastWriteTimeUtc(temporary, time); // same time and size: the next build copies nothing over it
        File.Delete(library);
        File.Move(temporary, library);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} is now weak", library, SymbolVersion);
    }

    /// <summary>File offset of vna_flags of the version's entry in .gnu.version_r, or -1.</summary>
    int FlagsOffset(byte[] elf)
    {
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[4] != 2)
            return -1;
        var sectionTable = (int)BitConverter.ToInt64(elf, 0x28);
        int entrySize = BitConverter.ToUInt16(elf, 0x3a), count = BitConverter.ToUInt16(elf, 0x3c);
        for (var i = 0; i < count; i++)
        {
            var header = sectionTable + i * entrySize;
            if (BitConverter.ToUInt32(elf, header + 4) != VersionNeedSection)
                continue;
            var section = (int)BitConverter.ToInt64(elf, header + 24);
            var strings = (int)BitConverter.ToInt64(elf, sectionTable + BitConverter.ToInt32(elf, header + 40) * entrySize + 24);
            return FlagsOffset(elf, section, strings);
        }
        return -1;
    }

    int FlagsOffset(byte[] elf, int need, int strings)
    {
        while (true)
        {
            var auxiliary = need + BitConverter.ToInt32(elf, need + 8);
            for (int i = 0, n = BitConverter.ToUInt16(elf, need + 2); i < n; i++)
            {
                var name = strings + BitConverter.ToInt32(elf, auxiliary + 8);
                if (Encoding.ASCII.GetString(elf, name, Math.Min(SymbolVersion.Length + 1, elf.Length - name)) == SymbolVersion + "\0")
                    return auxiliary + 4;
                auxiliary += BitConverter.ToInt32(elf, auxiliary + 12);
            }
            var next = BitConverter.ToInt32(elf, need + 12);
            if (next == 0)
                return -1;
            need += next;
        }
    }

    static int IndexOf(byte[] haystack, byte[] needle)
    {
        for (var i = 0; i <= haystack.Length - needle.Length; i++)
        {
            var j = 0;
            while (j < needle.Length && haystack[i + j] == needle[j])
                j++;
            if (j == needle.Length)
                return i;
        }
        return -1;
    }
}
