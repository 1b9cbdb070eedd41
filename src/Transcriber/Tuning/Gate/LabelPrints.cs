using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Which recordings a recognizer was judged on, in a manifest: 4 bytes of the SHA-256 of each id, in base64.</summary>
sealed class LabelPrints(string prints)
{
    readonly HashSet<uint> held =
        [.. Convert.FromBase64String(prints).Chunk(sizeof(uint)).Select(p => BinaryPrimitives.ReadUInt32BigEndian(p))];

    public static string Of(IEnumerable<LabelledUtterance> recordings) => Convert.ToBase64String([.. recordings.SelectMany(PrintOf)]);

    public bool Holds(LabelledUtterance recording) => held.Contains(BinaryPrimitives.ReadUInt32BigEndian(PrintOf(recording)));

    static byte[] PrintOf(LabelledUtterance recording) => SHA256.HashData(Encoding.UTF8.GetBytes(recording.Id))[..sizeof(uint)];
}
