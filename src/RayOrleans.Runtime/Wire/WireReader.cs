using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// Reads the parts of messages that <see cref="WireOutput"/> wrote. The bytes are not trusted: every length is checked against what is left before anything is
/// allocated, and damage gives a <see cref="RaySerializationException"/>.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The bytes that are left.</summary>
    public readonly int Remaining => _rest.Length;

    public static RaySerializationException Damaged(string what, Exception? cause = null) => new($"A message cannot be read: {what}.", cause);

    public byte ReadByte() => Take(1)[0];

    public bool ReadBool() => ReadByte() switch
    {
        0 => false,
        1 => true,
        byte other => throw Damaged($"{other} stands where a Boolean is expected"),
    };

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = ReadByte();
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged("a number has more than 64 bits");
    }

    /// <summary>A number that is not negative.</summary>
    public int ReadNumber()
    {
        ulong value = ReadVarint();
        return value <= int.MaxValue ? (int)value : throw Damaged($"a number of {value}");
    }

    /// <summary>A bound: a number from -1, which stands for none.</summary>
    public int ReadBound()
    {
        ulong value = ReadVarint();
        return value <= int.MaxValue + 1UL ? (int)((long)value - 1) : throw Damaged($"a bound of {value}");
    }

    /// <summary>A number of things that take at least some bytes each: never more than are left.</summary>
    public int ReadCount(int minBytes = 1)
    {
        ulong count = ReadVarint();
        return count <= (ulong)(_rest.Length / minBytes) ? (int)count : throw Damaged($"{count} parts are announced in {_rest.Length} bytes");
    }

    public T ReadBits<T>()
        where T : unmanaged =>
        Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(Take(Unsafe.SizeOf<T>())));

    public ObjectId ReadObjectId() => new(ReadBits<TaskId>(), ReadBits<int>());

    public T ReadEnum<T>()
        where T : unmanaged, Enum
    {
        byte number = ReadByte();
        T value = (T)Enum.ToObject(typeof(T), number);
        return Enum.IsDefined(value) ? value : throw Damaged($"{number} is no {typeof(T).Name}");
    }

    /// <summary>Bytes with their length; valid as long as the message is.</summary>
    public ReadOnlySpan<byte> ReadBlock() => Take(ReadCount());

    public string? ReadText()
    {
        ulong form = ReadVarint();
        if (form == 0)
        {
            return null;
        }

        ulong length = (form - 1) >> 1;
        bool narrow = (form & 1) != 0;
        if (length > (ulong)(narrow ? _rest.Length : _rest.Length / sizeof(char)))
        {
            throw Damaged($"a text claims {length} characters in {_rest.Length} bytes");
        }

        return narrow ? Encoding.Latin1.GetString(Take((int)length)) : new string(MemoryMarshal.Cast<byte, char>(Take((int)length * sizeof(char))));
    }

    /// <summary>A text that is not null.</summary>
    public string ReadRequiredText() => ReadText() ?? throw Damaged("a text is missing");

    /// <summary>Checks that nothing is left.</summary>
    public readonly void Finish()
    {
        if (!_rest.IsEmpty)
        {
            throw Damaged($"{_rest.Length} bytes are left over");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw Damaged($"{length} bytes are needed where {_rest.Length} are left");
        }

        ReadOnlySpan<byte> part = _rest[..length];
        _rest = _rest[length..];
        return part;
    }
}
