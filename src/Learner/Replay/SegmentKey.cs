using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ssl.Learner.Replay;

/// <summary>
/// 64-bit hash of a segment's id and content; equal keys are the same audio. The content counts because an embedded broker numbers its
/// offsets from zero at every start and so gives old ids to new audio.
/// </summary>
static class SegmentKey
{
    public static ulong Of(string id, int pcmBytes, uint pcmChecksum)
    {
        var idBytes = Encoding.UTF8.GetByteCount(id);
        Span<byte> input = idBytes <= 512 ? stackalloc byte[8 + idBytes] : new byte[8 + idBytes];
        BinaryPrimitives.WriteInt32LittleEndian(input, pcmBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(input[4..], pcmChecksum);
        Encoding.UTF8.GetBytes(id, input[8..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
