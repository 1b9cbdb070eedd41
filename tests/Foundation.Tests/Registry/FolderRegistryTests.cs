using Ssl.Shared.Foundation.Registry.Stores;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

public sealed class FolderRegistryTests : RegistryRules, IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private protected override IRegistryStore OpenStore() => new FolderStore(folder.Path, TimeProvider.System);

    private protected override bool IsEmpty(string parent) =>
        !Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, parent)).Any();
}
