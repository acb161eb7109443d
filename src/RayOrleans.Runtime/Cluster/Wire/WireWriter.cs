using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>
/// Writes what parties send each other: numbers as varints, ids in full, node ids once per batch. The same calls give the same bytes.
/// One per thread, reused; not thread-safe.
/// </summary>
internal sealed class WireWriter : IBufferWriter<byte>
{
    private const int KeptBytes = 256 * 1024;

    [ThreadStatic]
    private static WireWriter? t_free;

    private byte[] _buffer = new byte[1024];
    private int _length;
    private SharedSlots<NodeId> _nodes;
    private int _nodeCount;
    private SharedFrames _options;
    private SharedFrames _actors;

    private WireWriter()
    {
    }

    /// <summary>How many bytes were written.</summary>
    public int Length => _length;

    /// <summary>An empty writer; to be given back.</summary>
    public static WireWriter Borrow()
    {
        WireWriter writer = t_free ?? new WireWriter();
        t_free = null;
        return writer;
    }

    /// <summary>Takes a writer back.</summary>
    public static void Return(WireWriter writer)
    {
        if (writer._buffer.Length <= KeptBytes)
        {
            writer._length = 0;
            writer._nodeCount = 0;
            writer._options.Clear();
            writer._actors.Clear();
            t_free = writer;
        }
    }

    /// <summary>Takes back what was written last: raw bytes, nothing that is shared in the batch.</summary>
    /// <param name="length">The <see cref="Length"/> before it.</param>
    public void Rewind(int length) => _length = length;

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray()
    {
        // All of it is written, so it need not be cleared first.
        byte[] bytes = GC.AllocateUninitializedArray<byte>(_length);
        _buffer.AsSpan(0, _length).CopyTo(bytes);
        return bytes;
    }

    public void Byte(byte value)
    {
        if (_length == _buffer.Length)
        {
            Grow(1);
        }

        _buffer[_length++] = value;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>A number that is small and not negative, as a rule.</summary>
    public void UInt(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[_length++] = (byte)value;
    }

    /// <summary>A number that is small, as a rule, and may be negative.</summary>
    public void Int(long value) => UInt((ulong)((value << 1) ^ (value >> 63)));

    public void Count(int value) => UInt((uint)value);

    public void Double(double value)
    {
        Reserve(8);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(_length), value);
        _length += 8;
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Byte(0);
            return;
        }

        int count = Encoding.UTF8.GetByteCount(value);
        UInt((ulong)count + 1);
        Reserve(count);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        Raw(value);
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_buffer.AsSpan(_length));
        _length += value.Length;
    }

    public void Task(TaskId value)
    {
        Reserve(16);
        Span<byte> target = _buffer.AsSpan(_length, 16);
        BinaryPrimitives.WriteUInt64LittleEndian(target, value.High);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], value.Low);
        _length += 16;
    }

    public void Object(ObjectId value)
    {
        Task(value.Task);
        Int(value.Index);
    }

    public void Job(JobId value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_length), value.Value);
        _length += 8;
    }

    /// <summary>A node's id: in full the first time, as an index from then on.</summary>
    public void Node(NodeId value)
    {
        if (value == NodeId.None)
        {
            Byte(SharedSlots<NodeId>.None);
            return;
        }

        for (int i = 0; i < _nodeCount; i++)
        {
            if (_nodes[i] == value)
            {
                Byte((byte)(SharedSlots<NodeId>.First + i));
                return;
            }
        }

        Byte(SharedSlots<NodeId>.New);
        RawNode(value);
        if (_nodeCount < SharedSlots<NodeId>.Count)
        {
            _nodes[_nodeCount++] = value;
        }
    }

    /// <summary>A node's id in full, whatever was written before.</summary>
    public void RawNode(NodeId value)
    {
        Reserve(16);
        BinaryPrimitives.WriteUInt128LittleEndian(_buffer.AsSpan(_length), value.Value);
        _length += 16;
    }

    /// <summary>Begins bytes whose length is written before them.</summary>
    /// <returns>What <see cref="EndFrame"/> takes.</returns>
    public int BeginFrame()
    {
        Byte(0);
        return _length;
    }

    /// <summary>Ends those bytes. Most are shorter than 128, so one byte was left for the length; longer ones are moved.</summary>
    public void EndFrame(int start)
    {
        int count = _length - start;
        if (count < 0x80)
        {
            _buffer[start - 1] = (byte)count;
            return;
        }

        int extra = count < 1 << 14 ? 1 : count < 1 << 21 ? 2 : count < 1 << 28 ? 3 : 4;
        Reserve(extra);
        _buffer.AsSpan(start, count).CopyTo(_buffer.AsSpan(start + extra));
        _length = start - 1;
        Count(count);
        _length += count;
    }

    /// <summary>Writes options unless equal ones were written in this batch.</summary>
    /// <param name="value">What they are found again by.</param>
    /// <param name="write">Writes them; no node ids but raw ones.</param>
    /// <param name="state">Passed on.</param>
    public void SharedOptions<TState>(object value, TState state, Action<WireWriter, TState> write) => Shared(ref _options, value, state, write);

    /// <summary>Writes an actor's description unless an equal one was written in this batch.</summary>
    /// <inheritdoc cref="SharedOptions"/>
    public void SharedActor<TState>(object value, TState state, Action<WireWriter, TState> write) => Shared(ref _actors, value, state, write);

    void IBufferWriter<byte>.Advance(int count) => _length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _buffer.AsMemory(_length);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _buffer.AsSpan(_length);
    }

    private void Shared<TState>(ref SharedFrames frames, object value, TState state, Action<WireWriter, TState> write)
    {
        int index = frames.Find(value);
        if (index < 0)
        {
            Byte(SharedSlots<object>.New);
            int start = _length;
            write(this, state);
            index = frames.FindOrAdd(_buffer, start, _length - start, value);
            if (index < 0)
            {
                return;
            }

            _length = start - 1;
        }

        Byte((byte)(SharedSlots<object>.First + index));
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count) => Array.Resize(ref _buffer, checked((int)Math.Max((uint)_buffer.Length * 2, (uint)(_length + count))));
}
