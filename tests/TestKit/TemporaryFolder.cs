namespace Ssl.TestKit;

/// <summary>A folder of a test's own, gone after it; what still writes into it is waited for, up to a limit.</summary>
public sealed class TemporaryFolder : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"ssl-test-{Guid.NewGuid():N}");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        for (var started = Environment.TickCount64; Directory.Exists(Path); Thread.Sleep(Pause))
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (Environment.TickCount64 - started < Limit.TotalMilliseconds)
            {
                // a service that is ending has written a file meanwhile
            }
        }
    }
}
