namespace Ssl.Shared.Foundation.Registry;

/// <summary>A folder that is being written. Disposed without having been published, it is gone.</summary>
public interface IWorkFolder : IDisposable
{
    /// <summary>Where to write, on this machine.</summary>
    string Path { get; }

    /// <summary>Makes it appear, whole and durable; false where there is one of this name, and another may be tried.</summary>
    /// <exception cref="IOException">It was abandoned, or the store does not answer.</exception>
    bool TryPublish(string name);
}
