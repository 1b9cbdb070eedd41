using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Recognises audio inside text: JSON of a telephone provider, base64, a data URL. As samples it would be noise.</summary>
public static class Wrapping
{
    const int MinTextBytes = 32; // shorter ones may be samples by chance
    const int MinDistinctBytes = 10; // a pause of A-law is a row of 0x55, which is a letter

    static readonly SearchValues<byte> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n"u8);

    /// <summary>What the bytes are and what to send instead; null where they are no such text.</summary>
    public static string? Problem(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        bytes = bytes.Trim(" \t\r\n"u8);
        if (bytes.Length < MinTextBytes)
            return null;
        if (bytes.StartsWith("data:"u8))
            return "it is a data URL: decode the base64 behind the comma and send the bytes";
        if (IsJson(bytes))
            return "it is JSON: send the audio itself, decoded from the base64 in it (the media.payload of a telephone provider's message "
                + "is audio/PCMU), with the call's id as key";
        return IsBase64(bytes.Trim("\"'"u8)) ? "it is base64 (or hexadecimal) text: decode it and send the bytes" : null;
    }

    static bool IsJson(ReadOnlySpan<byte> bytes) =>
        (bytes[0], bytes[1..].TrimStart(" \t\r\n"u8)[0], bytes[^1]) is ((byte)'{', (byte)'"', (byte)'}') or ((byte)'[', _, (byte)']')
        && Utf8.IsValid(bytes);

    static bool IsBase64(ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAnyExcept(Base64))
            return false;
        var distinct = new HashSet<byte>();
        foreach (var value in bytes)
        {
            if (distinct.Add(value) && distinct.Count == MinDistinctBytes)
                return true;
        }
        return false;
    }
}
