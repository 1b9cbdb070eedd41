using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Transcriber.Serving.Keys;

/// <summary>The keys of one reading of the settings. Immutable.</summary>
sealed partial class KeySet
{
    const string Section = "Transcriber:Serving:Keys";

    readonly (byte[] Hash, ApiKey Key)[] keys;

    /// <exception cref="InvalidSettingException">Names the key; its hash is not repeated, for it may be the key itself.</exception>
    public KeySet(ServingOptions options)
    {
        Anonymous = options.AnonymousLimits;
        keys = [.. options.Keys.OrderBy(o => o.Key, StringComparer.Ordinal)
            .Select(o => (HashOf(o.Key, o.Value), KeyOf(o.Key, o.Value, options.KeyLimits)))];
        foreach (var same in keys.GroupBy(k => Convert.ToHexString(k.Hash)).Where(g => g.Count() > 1))
            throw new InvalidSettingException($"{Section}: {string.Join(" and ", same.Select(k => k.Key.Name))} have the same Hash");
    }

    /// <summary>What at least one key is for.</summary>
    public KeyScope Scopes => keys.Aggregate(KeyScope.None, (all, k) => all | k.Key.Scopes);
    public IEnumerable<ApiKey> Keys => keys.Select(k => k.Key);
    /// <summary>Of callers without a key.</summary>
    public LimitOptions Anonymous { get; }

    /// <summary>Takes the same time whichever key it is, or none.</summary>
    public ApiKey? Find(string text)
    {
        var (hash, found) = (ApiKey.Hash(text), default(ApiKey));
        foreach (var (known, key) in keys)
            found = CryptographicOperations.FixedTimeEquals(known, hash) ? key : found;
        return found;
    }

    static byte[] HashOf(string name, ApiKeyOptions options) => Sha256().IsMatch(options.Hash) ? Convert.FromHexString(options.Hash)
        : throw new InvalidSettingException(
            $"{Section}:{name}:Hash is not a SHA-256 in 64 hexadecimal digits; `ssl keys new {name}` makes a key and prints it");

    static ApiKey KeyOf(string name, ApiKeyOptions options, LimitOptions usual)
    {
        if (!Name().IsMatch(name))
            throw new InvalidSettingException($"{Section}:{name}: a name has up to 64 letters, digits, points, hyphens and underscores");
        return options.Scopes == KeyScope.None ? throw new InvalidSettingException(
            $"{Section}:{name}:Scopes is empty: transcribe, admin, metrics, or several of them")
            : new ApiKey(name, options.Scopes, options.Limits.Or(usual), options.Hash.ToUpperInvariant());
    }

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Sha256();

    /// <summary>Names are written into logs and into the registry's history.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}$")]
    internal static partial Regex Name();
}
