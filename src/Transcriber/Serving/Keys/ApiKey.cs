using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ssl.Transcriber.Serving.Keys;

/// <summary>A key as requests find it among their <see cref="HttpContext.Features"/>; never the key's text.</summary>
/// <param name="Name">As the settings name it.</param>
/// <param name="Fingerprint">SHA-256 of the text in hexadecimal: a key that is made anew under a name is another key.</param>
sealed record ApiKey(string Name, KeyScope Scopes, LimitOptions Limits, string Fingerprint)
{
    const int RandomBytes = 32; // high entropy, so that one round of SHA-256 is enough
    const string Prefix = "ssl_"; // for scanners of leaked secrets

    /// <summary>The text of a new key.</summary>
    public static string NewText() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
