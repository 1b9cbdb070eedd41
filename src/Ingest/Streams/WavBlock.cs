using System.Buffers.Binary;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Ingest.Streams;

/// <summary>A block of a stream whose sender puts a WAV header before each: the samples behind the header, and their form.</summary>
/// <param name="FirstByte">Of the samples, in the message.</param>
sealed record WavBlock(AudioContentType Type, int FirstByte, int Bytes)
{
    const int ChunkHeaderBytes = 8;
    const int FirstChunk = 12;
    const int Pcm = 1;
    const int Extensible = 0xfffe;
    static readonly TimeSpan MaxLength = TimeSpan.FromSeconds(1);

    /// <summary>What a message of WAV files says of itself.</summary>
    public static AudioContentType Container { get; } = new(AudioEncoding.Container, AudioContainer.Wav, 0, 0);

    /// <summary>At most a second: longer ones are recordings of their own where the sender calls them WAV.</summary>
    public bool IsShort => Bytes / (double)(Type.BytesPerFrame * Type.RateHz) <= MaxLength.TotalSeconds;

    /// <summary>Null: no WAV header, not one of 16-bit PCM, or nothing behind it. Sizes in it are only hints.</summary>
    public static WavBlock? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FirstChunk || !bytes.StartsWith("RIFF"u8) || !bytes[8..].StartsWith("WAVE"u8))
            return null;
        AudioContentType? type = null;
        for (var at = FirstChunk; at + ChunkHeaderBytes <= bytes.Length;)
        {
            var body = bytes[(at + ChunkHeaderBytes)..];
            var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            if (bytes[at..].StartsWith("data"u8))
                return type is null || body.Length == 0 ? null
                    : new WavBlock(type, at + ChunkHeaderBytes, size == 0 ? body.Length : (int)Math.Min(size, (uint)body.Length));
            if (bytes[at..].StartsWith("fmt "u8))
                type = Form(body);
            at = (int)Math.Min(bytes.Length, at + ChunkHeaderBytes + size + (size & 1));
        }
        return null;
    }

    static AudioContentType? Form(ReadOnlySpan<byte> format)
    {
        if (format.Length < 16)
            return null;
        var (tag, channels) = (BinaryPrimitives.ReadUInt16LittleEndian(format), BinaryPrimitives.ReadUInt16LittleEndian(format[2..]));
        var (rateHz, bits) = (BinaryPrimitives.ReadUInt32LittleEndian(format[4..]), BinaryPrimitives.ReadUInt16LittleEndian(format[14..]));
        return tag is Pcm or Extensible && bits == 16
            ? AudioContentType.Parse($"audio/pcm;rate={rateHz};channels={channels}", out _) : null;
    }
}
