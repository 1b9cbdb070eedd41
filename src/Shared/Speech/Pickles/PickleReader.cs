using System.Buffers.Binary;
using System.Text;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Pickles;

/// <summary>
/// Reads a pickle as data: numbers, texts, tuples, lists, dictionaries, and the constructors of <see cref="Constructors"/>, none of which
/// runs code of the file. Any other constructor or instruction is refused by its name, at the place where the file names it. Source of the
/// instructions: pickletools of CPython.
/// </summary>
/// <param name="persistent">What a persistent id stands for (of a storage: its tuple).</param>
/// <param name="path">For messages.</param>
sealed class PickleReader(Stream stream, Func<object?[], object> persistent, string path)
{
    static readonly object Mark = new();

    readonly List<object?> stack = [];
    readonly Dictionary<long, object?> memo = [];

    /// <summary>One pickle; the stream is then behind it.</summary>
    /// <exception cref="InvalidModelException">The pickle holds anything else, or is cut off.</exception>
    public object? Read()
    {
        stack.Clear();
        memo.Clear();
        try
        {
            while (Step((byte)(stream.ReadByte() is >= 0 and var code ? code : throw new EndOfStreamException("it is cut off"))))
            {
            }
            return Pop();
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or KeyNotFoundException)
        {
            throw Refuse($"malformed pickle: {e.Message}");
        }
    }

    /// <returns>False at the end.</returns>
    bool Step(byte code)
    {
        switch (code)
        {
            case (byte)'.':
                return false;
            case 0x80: // PROTO
                Bytes(1);
                break;
            case 0x95: // FRAME
                Bytes(8);
                break;
            case (byte)'c':
                Push(Constructor(Line(), Line()));
                break;
            case (byte)'i': // INST: calls at once
                throw Refuse($"it calls {Line()}.{Line()}, which is not read: weights need no such thing");
            case 0x93: // STACK_GLOBAL
                var name = Pop<string>();
                Push(Constructor(Pop<string>(), name));
                break;
            case (byte)'R':
                var arguments = Pop<object?[]>();
                Push(Pop<Func<object?[], object?>>()(arguments));
                break;
            case (byte)'b': // BUILD: the attributes of a state dict (versions of its modules)
                Pop();
                break;
            case (byte)'Q':
                Push(persistent(Pop<object?[]>()));
                break;
            case (byte)'(':
                Push(Mark);
                break;
            case (byte)'0':
                Pop();
                break;
            case (byte)'q':
                memo[Bytes(1)[0]] = stack[^1];
                break;
            case (byte)'r':
                memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = stack[^1];
                break;
            case 0x94: // MEMOIZE
                memo[memo.Count] = stack[^1];
                break;
            case (byte)'h':
                Push(memo[Bytes(1)[0]]);
                break;
            case (byte)'j':
                Push(memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))]);
                break;
            default:
                if (!IsValue(code) && !IsContainer(code))
                    throw Refuse($"instruction 0x{code:x2} of the pickle is not read");
                break;
        }
        return true;
    }

    bool IsValue(byte code)
    {
        switch (code)
        {
            case (byte)'N':
                Push(null);
                break;
            case 0x88 or 0x89:
                Push(code == 0x88);
                break;
            case (byte)'K':
                Push((long)Bytes(1)[0]);
                break;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                break;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case 0x8a: // LONG1
                Push(Long(Bytes(Bytes(1)[0])));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case (byte)'U' or 0x8c: // short texts
                Push(Encoding.UTF8.GetString(Bytes(Bytes(1)[0])));
                break;
            case (byte)'X' or (byte)'T':
                Push(Encoding.UTF8.GetString(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)))));
                break;
            default:
                return false;
        }
        return true;
    }

    bool IsContainer(byte code)
    {
        switch (code)
        {
            case (byte)')':
                Push(Array.Empty<object?>());
                break;
            case (byte)'t':
                Push(PopToMark());
                break;
            case >= 0x85 and <= 0x87:
                Push(Pop(code - 0x84));
                break;
            case (byte)']':
                Push(new List<object?>());
                break;
            case (byte)'l':
                Push(new List<object?>(PopToMark()));
                break;
            case (byte)'a':
                Append([Pop()]);
                break;
            case (byte)'e':
                Append(PopToMark());
                break;
            case (byte)'}':
                Push(new Dictionary<object, object?>());
                break;
            case (byte)'s':
                SetItems(Pop(2));
                break;
            case (byte)'u':
                SetItems(PopToMark());
                break;
            default:
                return false;
        }
        return true;
    }

    object Constructor(string module, string name) =>
        Constructors.Find(module, name) ?? throw Refuse($"it calls {module}.{name}, which is not read: weights need no such thing");

    void Append(object?[] items) => As<List<object?>>(stack[^1]).AddRange(items);

    void SetItems(object?[] items)
    {
        var target = As<Dictionary<object, object?>>(stack[^1]);
        for (var i = 0; i < items.Length - 1; i += 2)
            target[items[i] ?? throw new ArgumentException("a key is None")] = items[i + 1];
    }

    void Push(object? value) => stack.Add(value);

    object? Pop() => Pop(1)[0];

    T Pop<T>() => As<T>(Pop());

    static T As<T>(object? value) => value is T typed ? typed : throw new ArgumentException($"{value ?? "None"} stands where it cannot");

    object?[] Pop(int count)
    {
        object?[] top = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return top.Contains(Mark) ? throw new ArgumentException("a value is missing") : top;
    }

    object?[] PopToMark()
    {
        var items = Pop(stack.Count - 1 - stack.LastIndexOf(Mark));
        stack.RemoveAt(stack.Count - 1);
        return items;
    }

    byte[] Bytes(int count)
    {
        if (count < 0 || count > stream.Length - stream.Position)
            throw new EndOfStreamException("it is cut off");
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    string Line()
    {
        var line = new StringBuilder();
        for (int next; (next = Bytes(1)[0]) != '\n'; line.Append((char)next))
        {
        }
        return line.ToString();
    }

    /// <returns>An integer of up to 8 bytes; larger ones (the format's magic number) as their bytes in hexadecimal digits.</returns>
    static object Long(byte[] littleEndian)
    {
        if (littleEndian.Length > 8)
            return Convert.ToHexStringLower(littleEndian);
        var bytes = new byte[8];
        bytes.AsSpan().Fill(littleEndian is [.., >= 0x80] ? (byte)0xFF : (byte)0);
        littleEndian.CopyTo(bytes, 0);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    InvalidModelException Refuse(string problem) => new($"{path}: {problem}");
}
