using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>
/// Reads what <see cref="WireWriter"/> wrote. Nothing is trusted: whatever does not fit throws <see cref="CorruptBatchException"/>, and what is allocated
/// is bounded by the number of bytes that are there.
/// </summary>
/// <param name="bytes">What to read.</param>
internal ref struct WireReader(ReadOnlyMemory<byte> bytes)
{
    private const long MaxSize = 1L << 56;

    private readonly ReadOnlyMemory<byte> _memory = bytes;
    private readonly ReadOnlySpan<byte> _span = bytes.Span;
    private int _position;
    private SharedSlots<NodeId> _nodes;
    private int _nodeCount;
    private SharedSlots<object?> _options;
    private int _optionCount;
    private SharedSlots<object?> _actors;
    private int _actorCount;

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => _span.Length - _position;

    public byte Byte() => _position < _span.Length ? _span[_position++] : throw Ends();

    public bool Flag()
    {
        byte value = Byte();
        return value <= 1 ? value == 1 : throw Corrupt($"{value} stands where a yes or no is expected");
    }

    public ulong UInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1 ? value : throw Corrupt("a number is too large");
            }
        }

        throw Corrupt("a number is too long");
    }

    public long Long()
    {
        ulong value = UInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Int()
    {
        long value = Long();
        return value == (int)value ? (int)value : throw Corrupt($"{value} stands where a number of 32 bits is expected");
    }

    /// <summary>How many bytes something takes; the sender's own word for it, but bounded, because sizes are added up.</summary>
    public long Size(bool isHere)
    {
        long value = Long();
        return value >= -1 && value <= (isHere ? BatchCodec.MaxBytes : MaxSize) ? value : throw Corrupt($"{value} is no size");
    }

    /// <summary>How many items follow, each of at least so many bytes.</summary>
    public int Count(int itemBytes)
    {
        ulong value = UInt();
        return value <= (ulong)(Left / itemBytes) ? (int)value : throw Corrupt($"{value} items cannot follow in {Left} bytes");
    }

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Raw(8));

    public string? Text()
    {
        ulong count = UInt();
        return count == 0 ? null
            : count - 1 <= (ulong)Left ? Encoding.UTF8.GetString(Raw((int)(count - 1)))
            : throw Corrupt($"a text of {count - 1} bytes cannot follow in {Left}");
    }

    public string RequiredText() => Text() ?? throw Corrupt("a text is missing");

    public T Enum<T>()
        where T : struct, System.Enum
    {
        // Written as a byte, whatever the enum's own size.
        byte value = Byte();
        T result = Unsafe.SizeOf<T>() == sizeof(byte) ? Unsafe.BitCast<byte, T>(value) : (T)System.Enum.ToObject(typeof(T), value);
        return System.Enum.IsDefined(result) ? result : throw Corrupt($"{value} is no {typeof(T).Name}");
    }

    /// <summary>Bytes with their length before them; a part of what is read, not a copy.</summary>
    public ReadOnlyMemory<byte> Frame()
    {
        int count = Count(1);
        ReadOnlyMemory<byte> result = _memory.Slice(_position, count);
        _position += count;
        return result;
    }

    public ReadOnlySpan<byte> Raw(int count)
    {
        if (count > Left)
        {
            throw Ends();
        }

        ReadOnlySpan<byte> result = _span.Slice(_position, count);
        _position += count;
        return result;
    }

    public TaskId Task()
    {
        ReadOnlySpan<byte> source = Raw(16);
        return new TaskId(BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]));
    }

    public ObjectId Object() => new(Task(), Int());

    public JobId Job() => new(BinaryPrimitives.ReadUInt64LittleEndian(Raw(8)));

    public NodeId Node()
    {
        byte slot = Byte();
        if (slot == SharedSlots<NodeId>.None)
        {
            return NodeId.None;
        }

        if (slot == SharedSlots<NodeId>.New)
        {
            NodeId node = RawNode();
            if (_nodeCount < SharedSlots<NodeId>.Count)
            {
                _nodes[_nodeCount++] = node;
            }

            return node;
        }

        return slot - SharedSlots<NodeId>.First < _nodeCount ? _nodes[slot - SharedSlots<NodeId>.First] : throw Corrupt("a node is named that was not told");
    }

    public NodeId RawNode() => new(BinaryPrimitives.ReadUInt128LittleEndian(Raw(16)));

    /// <summary>Options that were read before; false: they follow, and <see cref="AddOptions"/> takes them.</summary>
    public bool TryOptions([NotNullWhen(true)] out object? value) => TryShared(ref _options, _optionCount, out value);

    public void AddOptions(object value) => Add(ref _options, ref _optionCount, value);

    /// <summary>An actor's description that was read before; false: it follows, and <see cref="AddActor"/> takes it.</summary>
    public bool TryActor([NotNullWhen(true)] out object? value) => TryShared(ref _actors, _actorCount, out value);

    public void AddActor(object value) => Add(ref _actors, ref _actorCount, value);

    /// <summary>Checks that nothing follows.</summary>
    public readonly void Finish()
    {
        if (Left != 0)
        {
            throw Corrupt($"{Left} bytes follow the end");
        }
    }

    public readonly CorruptBatchException Corrupt(string what) => new($"Damaged bytes: {what}, at {_position} of {_span.Length}.");

    private bool TryShared(ref SharedSlots<object?> slots, int count, [NotNullWhen(true)] out object? value)
    {
        byte slot = Byte();
        int index = slot - SharedSlots<object>.First;
        if (slot == SharedSlots<object>.None || index >= count)
        {
            throw Corrupt("something is named that was not told");
        }

        value = slot == SharedSlots<object>.New ? null : slots[index];
        return value is not null;
    }

    private static void Add(ref SharedSlots<object?> slots, ref int count, object value)
    {
        if (count < SharedSlots<object>.Count)
        {
            slots[count++] = value;
        }
    }

    private readonly CorruptBatchException Ends() => Corrupt("they end too early");
}
