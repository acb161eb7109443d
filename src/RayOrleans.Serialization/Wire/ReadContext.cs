using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RayOrleans.Serialization.Codecs;

namespace RayOrleans.Serialization.Wire;

/// <summary>The state of one value being read. Pooled per thread; holds nothing of the value once reset. Every read is checked against the bytes there are.</summary>
internal sealed class ReadContext
{
    private const int KeptObjects = 4096;

    private readonly List<BodyCodec> _types = [];
    private readonly Queue<(object Value, ShellCodec Codec)> _later = new();
    private readonly List<Action> _completions = [];
    private readonly MemberPath _path = new();
    private object?[] _objects = new object?[16];
    private int _objectCount;
    private byte[] _data = [];
    private byte[]? _rented;
    private int _start;
    private int _position;
    private int _end;
    private long _buffersStart;
    private long _claimed;
    private int _depth;
    private int _extraStacks;

    public ValueSerializer Serializer { get; private set; } = null!;

    public IReferenceTracker? Tracker { get; private set; }

    public ValueSource Source { get; private set; } = null!;

    public MemberPath Path => _path;

    public int Remaining => _end - _position;

    public void Begin(ValueSerializer serializer, ValueSource source, IReferenceTracker? tracker, ushort fingerprint, Type root)
    {
        Serializer = serializer;
        Source = source;
        Tracker = tracker;
        long available = source.Length;
        if (available < WireFormat.PrefixLength)
        {
            throw new CorruptValueException($"it has {available} bytes, fewer than a header");
        }

        bool isArray = source.TryGetArray(out ArraySegment<byte> array);
        ulong prefix = Unsafe.ReadUnaligned<ulong>(in isArray
            ? ref array.Array![array.Offset]
            : ref MemoryMarshal.GetReference(source.Read(0, WireFormat.PrefixLength)));
        uint length = CheckPrefix(prefix, fingerprint, available, root);
        if (isArray)
        {
            _data = array.Array!;
            _start = array.Offset;
        }
        else
        {
            _data = _rented = ArrayPool<byte>.Shared.Rent((int)length);
            _start = 0;
            source.Read(0, (int)length).CopyTo(_rented);
        }

        _position = _start + WireFormat.PrefixLength;
        _end = _start + (int)length;
        _buffersStart = WireFormat.Align(length);
    }

    /// <summary>Reads what was put off and completes what needed the whole value.</summary>
    public void Finish()
    {
        while (_later.Count > 0)
        {
            (object Value, ShellCodec Codec) next = _later.Dequeue();
            _depth = 0;
            next.Codec.ReadContent(this, next.Value);
        }

        for (int i = 0; i < _completions.Count; i++)
        {
            _completions[i]();
        }

        if (_position != _end)
        {
            throw new CorruptValueException($"{_end - _position} bytes of its header are left over");
        }
    }

    public void Reset()
    {
        // Most values leave these empty, and looking is cheaper than clearing.
        if (_types.Count > 0)
        {
            _types.Clear();
        }

        if (_later.Count > 0)
        {
            _later.Clear();
        }

        if (_completions.Count > 0)
        {
            _completions.Clear();
        }

        _path.Clear();
        if (_objects.Length > KeptObjects)
        {
            _objects = new object?[16];
        }
        else
        {
            Array.Clear(_objects, 0, _objectCount);
        }

        if (_rented is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
            _rented = null;
        }

        _data = [];
        _objectCount = _depth = _extraStacks = 0;
        _claimed = 0;
        Serializer = null!;
        Tracker = null;
        Source = null!;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte() => Take(1);

    /// <summary>Reads the bits of a value without references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T ReadBits<T>() => Unsafe.ReadUnaligned<T>(ref Take(Unsafe.SizeOf<T>()));

    public bool ReadBool() => ReadByte() switch
    {
        0 => false,
        1 => true,
        byte other => throw new CorruptValueException($"{other} stands where a Boolean is expected"),
    };

    /// <summary>Reads a number that is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadCount()
    {
        byte first = Take(1);
        return first < 0x80 ? first : ReadLongCount(first);
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new CorruptValueException("a number has more than 64 bits");
    }

    /// <summary>Reads a number of elements that take some bytes each of the header; bounds every allocation by the bytes that are there.</summary>
    public int ReadElementCount(int minBytes = 1)
    {
        int count = ReadCount();
        Claim((long)count * minBytes);
        return count;
    }

    /// <summary>Accounts for bytes of the header that elements need at least; no two elements share any.</summary>
    public void Claim(long bytes)
    {
        _claimed += bytes;
        if (_claimed > _end - _start)
        {
            throw new CorruptValueException($"its collections claim {_claimed} of {_end - _start} bytes");
        }
    }

    public ReadOnlySpan<byte> ReadBytes(int length) => MemoryMarshal.CreateReadOnlySpan(ref Take(length), length);

    public string? ReadString()
    {
        ulong form = ReadVarint();
        if (form == 0)
        {
            return null;
        }

        if (form == 1)
        {
            (long offset, long bytes) = ReadBufferPlace(sizeof(char));
            string text = new('\0', checked((int)(bytes / sizeof(char))));
            CopyBuffer(offset, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(text.AsSpan()), text.Length)));
            return text;
        }

        form -= 2;
        ulong length = form >> 1;
        bool wide = (form & 1) != 0;
        if (length > (ulong)Remaining)
        {
            throw new CorruptValueException($"a string claims {length} characters in {Remaining} bytes");
        }

        return wide
            ? new string(MemoryMarshal.Cast<byte, char>(ReadBytes(checked((int)length * 2))))
            : Encoding.Latin1.GetString(ReadBytes((int)length));
    }

    /// <summary>Reads the place and length of a buffer and checks that it is inside the source.</summary>
    public (long Offset, long Length) ReadBufferPlace(int elementSize)
    {
        ulong units = ReadVarint();
        ulong length = ReadVarint();
        ulong room = (ulong)Math.Max(0, Source.Length - _buffersStart);
        if (length == 0)
        {
            return (0, 0);
        }

        if (units > room / WireFormat.Alignment || length > room - (units * WireFormat.Alignment) || length % (ulong)elementSize != 0)
        {
            throw new CorruptValueException($"a buffer of {length} bytes at {units} * 64 is not within the {room} bytes there are");
        }

        if (length / (ulong)elementSize > (ulong)Array.MaxLength)
        {
            throw new CorruptValueException($"a buffer has {length / (ulong)elementSize} elements, more than an array can have");
        }

        return (_buffersStart + (long)(units * WireFormat.Alignment), (long)length);
    }

    public void CopyBuffer(long offset, Span<byte> destination) => Source.Read(offset, destination.Length).CopyTo(destination);

    /// <summary>Copies a buffer that may be longer than a span can be.</summary>
    public void CopyBuffer(long offset, ref byte destination, long length)
    {
        for (long done = 0; done < length; done += WireFormat.MaxPart)
        {
            int part = (int)Math.Min(WireFormat.MaxPart, length - done);
            Source.Read(offset + done, part).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref destination, (nint)done), part));
        }
    }

    public BodyCodec ReadType()
    {
        int index = ReadCount();
        if (index > 0)
        {
            return index <= _types.Count ? _types[index - 1] : throw new CorruptValueException($"type number {index} of {_types.Count} is used");
        }

        BodyCodec codec = Serializer.Types.ResolveBody(ReadBytes(ReadCount()));
        _types.Add(codec);
        return codec;
    }

    /// <summary>Reads an object whose tag said that it is there.</summary>
    public object ReadObject(byte tag, BodyCodec? exact)
    {
        switch (tag)
        {
            case ObjectTag.Back:
                return FindObject(ReadCount());
            case ObjectTag.Exact or ObjectTag.ExactLater when exact is not null:
                return tag == ObjectTag.Exact ? ReadBody(exact) : ReadLater(exact);
            case ObjectTag.Typed or ObjectTag.TypedLater:
                BodyCodec codec = ReadType();
                return tag == ObjectTag.Typed ? ReadBody(codec) : ReadLater(codec);
            default:
                throw new CorruptValueException($"tag {tag} stands where an object is expected");
        }
    }

    public object FindObject(int id) =>
        id < _objectCount && _objects[id] is { } found ? found : throw new CorruptValueException($"object {id} is used before it is there");

    public int ReserveObject()
    {
        if (_objectCount == _objects.Length)
        {
            Array.Resize(ref _objects, _objectCount * 2);
        }

        return _objectCount++;
    }

    public void Register(int id, object value)
    {
        if (id >= 0)
        {
            _objects[id] = value;
        }
    }

    /// <summary>Runs an action after everything else was read, in the order of these calls: hash tables are filled once their keys are complete.</summary>
    public void WhenComplete(Action completion) => _completions.Add(completion);

    private static uint CheckPrefix(ulong prefix, ushort fingerprint, long available, Type root)
    {
        if ((ushort)prefix != (WireFormat.Magic | (WireFormat.Version << 8)))
        {
            throw new CorruptValueException($"it starts with {(ushort)prefix:x4} instead of {WireFormat.Magic | (WireFormat.Version << 8):x4}");
        }

        if ((ushort)(prefix >> 16) != fingerprint)
        {
            throw new CorruptValueException($"it was written as another type than {TypeText.Of(root)}, or by another build of it");
        }

        uint length = (uint)(prefix >> 32);
        return length >= WireFormat.PrefixLength && length <= Array.MaxLength && length <= available
            ? length
            : throw new CorruptValueException($"its header claims {length} of {available} bytes");
    }

    private object ReadBody(BodyCodec codec)
    {
        int id = codec.Tracked ? ReserveObject() : -1;
        object value;
        if ((++_depth & 15) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            value = ReadOnExtraStack(codec, id);
        }
        else
        {
            value = codec.Read(this, id);
        }

        _depth--;
        Register(id, value);
        return value;
    }

    private object ReadOnExtraStack(BodyCodec codec, int id)
    {
        object? result = null;
        ExtraStack.Run(ref _extraStacks, Serializer.Options.MaxExtraStacks, () => result = codec.Read(this, id));
        return result!;
    }

    private object ReadLater(BodyCodec codec)
    {
        if (codec is not ShellCodec shell)
        {
            throw new CorruptValueException($"a {TypeText.Of(codec.Type)} cannot be completed later");
        }

        int id = ReserveObject();
        object value = shell.ReadShell(this);
        Register(id, value);
        _later.Enqueue((value, shell));
        return value;
    }

    private int ReadLongCount(byte first)
    {
        uint value = (uint)(first & 0x7F);
        for (int shift = 7; shift < 35; shift += 7)
        {
            byte next = ReadByte();
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value <= int.MaxValue ? (int)value : throw new CorruptValueException($"a count of {value}");
            }
        }

        throw new CorruptValueException("a count has more than 32 bits");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Take(int length)
    {
        int position = _position;
        if ((uint)length > (uint)(_end - position))
        {
            Truncated(length);
        }

        _position = position + length;
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_data), position);
    }

    private void Truncated(int length) => throw new CorruptValueException($"{length} bytes are needed where {Remaining} are left");
}
