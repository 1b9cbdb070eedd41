using System.Security.Cryptography;
using System.Text;

namespace Ssl.Experiments;

/// <summary>Short names of values that figures depend on: other values, another fingerprint.</summary>
static class Fingerprint
{
    /// <param name="values">Records, by the values of their fields.</param>
    /// <returns>Eight hexadecimal digits.</returns>
    public static string Of(params object?[] values) => Of(Encoding.UTF8.GetBytes(string.Join(' ', values.Select(v => FormattableString.Invariant($"{v}")))));

    public static string Of(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..8];
}
