using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>Options under <c>Registry</c>.</summary>
public sealed class RegistryOptions
{
    public const string Section = "Registry";

    /// <summary>Folder of the registry; every service of one system names the same.</summary>
    [Required]
    public string Path { get; init; } = System.IO.Path.Combine("data", "registry");

    /// <summary>Versions of a kind that are kept, besides those an alias names.</summary>
    [Range(2, 1_000_000)]
    public int KeepVersions { get; init; } = 50;
}
