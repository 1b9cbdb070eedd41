using System.Buffers.Binary;

namespace Ssl.TestKit;

/// <summary>Damages files: flips, fills, takes out, doubles, joins, cuts off; half of it in the headers, where it hurts most.</summary>
/// <param name="seeds">Whole files of one format.</param>
/// <param name="words">What hurts the readers of a text format.</param>
public sealed class Mutations(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words)
{
    const int HeaderBytes = 200;
    const int MaxChanges = 6;
    const int MaxRun = 64;
    static readonly uint[] Sizes = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

    /// <summary>The same for the same random numbers.</summary>
    public byte[] Next(Random random)
    {
        var bytes = seeds[random.Next(seeds.Count)].ToList();
        for (var changes = random.Next(1, MaxChanges); changes > 0 && bytes.Count > 0; changes--)
            Change(bytes, random);
        return [.. bytes];
    }

    void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, HeaderBytes)) : random.Next(bytes.Count);
        var run = Math.Min(random.Next(1, MaxRun), bytes.Count - at);
        switch (random.Next(words.Count > 0 ? 14 : 11))
        {
            case 0:
                bytes.RemoveRange(at, run);
                break;
            case 1:
                bytes.InsertRange(at, bytes.GetRange(at, run));
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes[at] = 0xff;
                break;
            case 4:
                bytes[at] = 0;
                break;
            case 5:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 6:
                Write(bytes, at, Sizes[random.Next(Sizes.Length)], random);
                break;
            case 7: // the rest of another file, or of this one
                var other = seeds[random.Next(seeds.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length)));
                break;
            case < 11:
                bytes[at] = (byte)random.Next(256);
                break;
            case 11: // instead of a word, where there is one
                bytes.RemoveRange(at, run);
                goto default;
            default:
                bytes.InsertRange(at, words[random.Next(words.Count)]);
                break;
        }
    }

    /// <summary>A size or count, in either order of bytes.</summary>
    static void Write(List<byte> bytes, int at, uint value, Random random)
    {
        var written = new byte[4];
        if (random.Next(2) == 0)
            BinaryPrimitives.WriteUInt32BigEndian(written, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(written, value);
        for (var i = 0; i < written.Length && at + i < bytes.Count; i++)
            bytes[at + i] = written[i];
    }
}
