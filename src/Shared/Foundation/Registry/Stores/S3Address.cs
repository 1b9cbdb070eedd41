using System.Diagnostics.CodeAnalysis;

namespace Ssl.Shared.Foundation.Registry.Stores;

/// <summary>Where a registry lies in S3.</summary>
/// <param name="Prefix">Of every key; empty, or ends with a slash.</param>
/// <param name="Endpoint">Of a compatible server; null: Amazon's.</param>
sealed record S3Address(string Bucket, string Prefix, string? Endpoint, string Region)
{
    const string Scheme = "s3://";

    /// <param name="path"><c>s3://bucket</c> or <c>s3://bucket/prefix</c>; without the scheme it is a folder.</param>
    /// <exception cref="IOException">It names no bucket.</exception>
    public static bool TryParse(string path, string? endpoint, string region, [NotNullWhen(true)] out S3Address? address)
    {
        address = null;
        if (!IsMeantBy(path))
            return false;
        var parts = path[Scheme.Length..].Split('/', 2);
        var below = parts is [_, var rest] ? rest.Trim('/') : "";
        if (parts[0].Length == 0)
            throw new IOException("it names no bucket: s3://bucket/prefix");
        address = new S3Address(parts[0], below.Length == 0 ? "" : below + "/", endpoint, region);
        return true;
    }

    /// <summary>Whether it begins as one; the rest may be wrong.</summary>
    public static bool IsMeantBy(string path) => path.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
}
