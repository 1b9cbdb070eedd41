using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ssl.Shared.Foundation.Files;

/// <summary>
/// Makes names durable: after a rename, the folder itself must be flushed (fsync(2)), or a power cut may take the name back.
/// </summary>
public static partial class DurableFolder
{
    const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY on Linux

    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var handle = new SafeFileHandle(Open(folder, ReadOnlyDirectory), ownsHandle: true);
        if (handle.IsInvalid || Synchronize(handle) != 0)
            throw new IOException($"cannot flush the folder {folder}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint Open(string path, int flags);
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(SafeFileHandle file);
}
