using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Registry.Stores;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>Options under <c>Registry</c>.</summary>
public sealed class RegistryOptions
{
    public const string Section = "Registry";

    /// <summary>
    /// Folder of the registry, or <c>s3://bucket/prefix</c>; every service of one system names the same. The keys for S3 are those that
    /// Amazon's SDK finds: <c>AWS_ACCESS_KEY_ID</c> and <c>AWS_SECRET_ACCESS_KEY</c>, a profile, or the role of the machine.
    /// </summary>
    [Required]
    public string Path { get; init; } = System.IO.Path.Combine("data", "registry");

    /// <summary>Address of an S3-compatible server (<c>https://s3.example.org</c>); null: Amazon's.</summary>
    [Url]
    public string? Endpoint { get; init; }

    /// <summary>Region of the bucket.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Folder in which versions that were read from S3 are kept.</summary>
    [Required]
    public string CachePath { get; init; } = System.IO.Path.Combine("data", "registry-cache");

    /// <summary>Versions of a kind that are kept, besides those an alias names.</summary>
    [Range(2, 1_000_000)]
    public int KeepVersions { get; init; } = 50;

    /// <summary>Whether it is in S3, not in a folder; the bucket's name may be wrong.</summary>
    public bool IsInBucket() => S3Address.IsMeantBy(Path);
}
