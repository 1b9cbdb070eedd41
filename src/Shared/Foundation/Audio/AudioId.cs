using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Names a recording by its decoded samples: the same in every lossless container and under every file name.</summary>
public static class AudioId
{
    const int Bytes = 16; // of the SHA-256

    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(ReadOnlySpan<short> samples) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(samples)).AsSpan(0, Bytes));
}
