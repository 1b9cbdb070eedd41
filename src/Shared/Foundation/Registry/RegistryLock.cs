namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// One change at a time in a registry's folder, across processes. The operating system ends the lock with the process, however that ends.
/// </summary>
static class RegistryLock
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for the turn; disposing the result ends it.</summary>
    /// <exception cref="TimeoutException">Another process holds the lock: it is stopped, or its disk does not answer.</exception>
    public static FileStream Take(string path, TimeProvider clock)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
            {
                if (clock.GetElapsedTime(started) > Limit)
                    throw new TimeoutException($"another process has held {path} for {Limit.TotalSeconds:0} s: {e.Message}", e);
                Thread.Sleep(Retry);
            }
        }
    }
}
