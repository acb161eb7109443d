using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RayOrleans.Serialization.Codecs;

namespace RayOrleans.Serialization.Wire;

/// <summary>The state of one value being written. Pooled per thread; holds nothing of the value once reset.</summary>
internal sealed class WriteContext
{
    private const int KeptBytes = 64 * 1024;
    private const int LargeStringChars = 32 * 1024;

    private readonly IdentityTable _identities = new();
    private readonly List<BodyCodec> _types = [];
    private readonly List<BufferSegment> _buffers = [];
    private readonly Queue<(object Value, ShellCodec Codec)> _later = new();
    private readonly MemberPath _path = new();
    private byte[] _buffer = [];
    private int _position;
    private long _bufferEnd;
    private int _depth;
    private int _extraStacks;

    public ValueSerializer Serializer { get; private set; } = null!;

    public IReferenceTracker? Tracker { get; private set; }

    /// <summary>Above zero while a value is written that its reader needs complete at once, so that nothing in it may be put off.</summary>
    public int WholeDepth { get; set; }

    /// <summary>Which captured variables of which closure were written already.</summary>
    public Dictionary<object, HashSet<int>>? WrittenCaptures { get; set; }

    public MemberPath Path => _path;

    public int Position => _position;

    public bool HasBuffers => _buffers.Count > 0;

    public void Begin(ValueSerializer serializer, IReferenceTracker? tracker)
    {
        Serializer = serializer;
        Tracker = tracker;
        if (_buffer.Length == 0)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(512);
        }
    }

    public void WritePrefix(ushort fingerprint)
    {
        ref byte start = ref Reserve(WireFormat.PrefixLength);
        start = WireFormat.Magic;
        Unsafe.Add(ref start, 1) = WireFormat.Version;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, 2), fingerprint);
    }

    /// <summary>Writes what was put off, and the header's length.</summary>
    public void Finish()
    {
        while (_later.Count > 0)
        {
            (object Value, ShellCodec Codec) next = _later.Dequeue();
            _depth = 0;
            try
            {
                next.Codec.WriteContent(this, next.Value);
            }
            catch (Exception) when (_path.Note($"...({TypeText.Of(next.Codec.Type)})"))
            {
                throw;
            }
        }

        Unsafe.WriteUnaligned(ref _buffer[4], _position);
    }

    public SerializedValue Detach()
    {
        byte[] header = _buffer;
        _buffer = [];
        long total = _position;
        if (_buffers.Count > 0)
        {
            long padding = WireFormat.Align(_buffers[^1].Length) - _buffers[^1].Length;
            total = WireFormat.Align(_position) + _bufferEnd - padding;
        }

        return new SerializedValue(header, _position, _buffers.Count == 0 ? [] : [.. _buffers], total);
    }

    public byte[] ToArray()
    {
        return _buffer.AsSpan(0, _position).ToArray();
    }

    public void Reset()
    {
        // Most values leave these empty, and looking is cheaper than clearing.
        if (_identities.Count > 0)
        {
            _identities.Clear();
        }

        if (_types.Count > 0)
        {
            _types.Clear();
        }

        if (_buffers.Count > 0)
        {
            _buffers.Clear();
        }

        if (_later.Count > 0)
        {
            _later.Clear();
        }

        _path.Clear();
        _position = 0;
        _bufferEnd = 0;
        _depth = 0;
        _extraStacks = 0;
        WholeDepth = 0;
        WrittenCaptures = null;
        Serializer = null!;
        Tracker = null;
        if (_buffer.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteByte(byte value) => Reserve(1) = value;

    /// <summary>Writes the bits of a value without references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBits<T>(in T value) => Unsafe.WriteUnaligned(ref Reserve(Unsafe.SizeOf<T>()), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteCount(int value)
    {
        if ((uint)value < 0x80)
        {
            Reserve(1) = (byte)value;
        }
        else
        {
            WriteVarint((uint)value);
        }
    }

    public void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            Reserve(1) = (byte)(value | 0x80);
            value >>= 7;
        }

        Reserve(1) = (byte)value;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(ReserveSpan(bytes.Length));

    public Span<byte> ReserveSpan(int length) => MemoryMarshal.CreateSpan(ref Reserve(length), length);

    /// <summary>Characters that are all ASCII take one byte each; others two, so that every string, even a malformed one, comes back exactly.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteByte(0);
            return;
        }

        if (value.Length >= LargeStringChars)
        {
            WriteVarint(1);
            WriteBuffer(new MemoryBuffer<char>(value.AsMemory()));
            return;
        }

        int start = _position;
        WriteVarint(((uint)value.Length << 1) + 2);
        if (Ascii.FromUtf16(value, ReserveSpan(value.Length), out _) != OperationStatus.Done)
        {
            _position = start;
            WriteVarint(((uint)value.Length << 1) + 3);
            WriteBytes(MemoryMarshal.AsBytes(value.AsSpan()));
        }
    }

    /// <summary>Leaves a buffer where it is and writes its place and length.</summary>
    public void WriteBuffer(BufferSegment buffer)
    {
        WriteVarint((ulong)(_bufferEnd / WireFormat.Alignment));
        WriteVarint((ulong)buffer.Length);
        if (buffer.Length > 0)
        {
            _buffers.Add(buffer);
            _bufferEnd = WireFormat.Align(_bufferEnd + buffer.Length);
        }
    }

    public void WriteType(BodyCodec codec)
    {
        int index = _types.LastIndexOf(codec);
        if (index >= 0)
        {
            WriteCount(index + 1);
            return;
        }

        byte[] name = codec.WireName;
        WriteByte(0);
        WriteCount(name.Length);
        WriteBytes(name);
        _types.Add(codec);
    }

    /// <summary>Writes an object that is not null.</summary>
    /// <param name="value">The object.</param>
    /// <param name="codec">The codec of its run-time type.</param>
    /// <param name="exact">Whether the reader knows the type already.</param>
    public void WriteObject(object value, BodyCodec codec, bool exact)
    {
        if (codec.Tracked && _identities.TryFindOrAdd(value, out int id))
        {
            WriteByte(ObjectTag.Back);
            WriteCount(id);
            return;
        }

        if (_depth >= WireFormat.InlineDepth && WholeDepth == 0 && codec is ShellCodec shell)
        {
            WriteByte(exact ? ObjectTag.ExactLater : ObjectTag.TypedLater);
            if (!exact)
            {
                WriteType(codec);
            }

            shell.WriteShell(this, value);
            _later.Enqueue((value, shell));
            return;
        }

        WriteByte(exact ? ObjectTag.Exact : ObjectTag.Typed);
        if (!exact)
        {
            WriteType(codec);
        }

        WriteBody(value, codec);
    }

    /// <summary>Writes an object that is not null in a place that holds any object, with its content later if that can be, so that what comes next exists first.</summary>
    public void WriteObjectLater(object value, BodyCodec codec)
    {
        if (codec is not ShellCodec shell || WholeDepth > 0)
        {
            WriteObject(value, codec, exact: false);
        }
        else if (_identities.TryFindOrAdd(value, out int id))
        {
            WriteByte(ObjectTag.Back);
            WriteCount(id);
        }
        else
        {
            WriteByte(ObjectTag.TypedLater);
            WriteType(codec);
            shell.WriteShell(this, value);
            _later.Enqueue((value, shell));
        }
    }

    /// <summary>Numbers an object whose place has a form of its own; true when it was met before.</summary>
    public bool TryFindOrAdd(object value, out int id) => _identities.TryFindOrAdd(value, out id);

    public WriteMark Mark() => new(_position, _identities.Count, _types.Count, _buffers.Count, _bufferEnd, _depth, WholeDepth, WrittenCaptures?.ToDictionary(p => p.Key, p => p.Value.ToHashSet()));

    /// <summary>Takes back what was written since the mark, which must be in the same object's content.</summary>
    public void Undo(in WriteMark mark)
    {
        _position = mark.Position;
        _identities.Truncate(mark.Identities);
        _types.RemoveRange(mark.Types, _types.Count - mark.Types);
        _buffers.RemoveRange(mark.Buffers, _buffers.Count - mark.Buffers);
        _bufferEnd = mark.BufferEnd;
        _depth = mark.Depth;
        WholeDepth = mark.WholeDepth;
        WrittenCaptures = mark.Captures;
        _path.Clear();
    }

    private void WriteBody(object value, BodyCodec codec)
    {
        if ((++_depth & 15) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            WriteOnExtraStack(value, codec);
        }
        else
        {
            codec.Write(this, value);
        }

        _depth--;
    }

    private void WriteOnExtraStack(object value, BodyCodec codec) =>
        ExtraStack.Run(ref _extraStacks, Serializer.Options.MaxExtraStacks, () => codec.Write(this, value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Reserve(int length)
    {
        int position = _position;
        int end = position + length;
        if ((uint)end > (uint)_buffer.Length)
        {
            Grow(length);
        }

        _position = end;
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), position);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int length)
    {
        long needed = (long)_position + length;
        if (needed > Array.MaxLength)
        {
            throw new NotSupportedException("its small parts need more than 2 GB; use arrays of numbers, or several objects.");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, _buffer.Length * 2L)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
