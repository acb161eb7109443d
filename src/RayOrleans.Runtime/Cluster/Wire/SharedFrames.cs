namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>
/// The writer's side of <see cref="SharedSlots{T}"/>. Equal means equal bytes, so that what is written depends on contents alone;
/// the same instance is found without writing it again.
/// </summary>
internal struct SharedFrames
{
    private SharedSlots<(object Value, int Start, int Length)> _frames;
    private int _count;

    /// <summary>The index of an instance that was written; -1 when it was not.</summary>
    public readonly int Find(object value)
    {
        for (int i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_frames[i].Value, value))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The index of an earlier frame with the same bytes; otherwise the frame is remembered, and -1 says so.</summary>
    public int FindOrAdd(byte[] buffer, int start, int length, object value)
    {
        ReadOnlySpan<byte> frame = buffer.AsSpan(start, length);
        for (int i = 0; i < _count; i++)
        {
            if (frame.SequenceEqual(buffer.AsSpan(_frames[i].Start, _frames[i].Length)))
            {
                return i;
            }
        }

        if (_count < SharedSlots<object>.Count)
        {
            _frames[_count++] = (value, start, length);
        }

        return -1;
    }

    public void Clear()
    {
        // The instances must not be kept alive by an idle writer.
        for (int i = 0; i < _count; i++)
        {
            _frames[i] = default;
        }

        _count = 0;
    }
}
