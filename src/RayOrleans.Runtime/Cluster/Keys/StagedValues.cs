using System.Diagnostics.CodeAnalysis;

namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>
/// Values that arrive in parts before they are written. Not kept by the shard: when they are lost the writer sends them again. Bounded: the oldest gives way.
/// Thread-safe.
/// </summary>
internal sealed class StagedValues
{
    private const int MaxValues = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, byte[]> _values = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>Takes a part; parts come in order, and one that comes again replaces what it overlaps.</summary>
    /// <returns>The answer: whether everything before the part is here.</returns>
    public byte[] Add(KeyOperation part)
    {
        lock (_lock)
        {
            bool isNew = !_values.TryGetValue(part.Id, out byte[]? value);
            int before = value?.Length ?? 0;
            if (part.Offset > before || part.Offset + part.Value.Length > KeyLimits.MaxValueBytes)
            {
                return KeyWire.EncodeFlag(false);
            }

            byte[] joined = new byte[Math.Max(before, part.Offset + part.Value.Length)];
            value?.CopyTo(joined, 0);
            part.Value.Span.CopyTo(joined.AsSpan(part.Offset));
            _values[part.Id] = joined;
            if (isNew)
            {
                _order.Enqueue(part.Id);
                while (_order.Count > MaxValues)
                {
                    _values.Remove(_order.Dequeue());
                }
            }

            return KeyWire.EncodeFlag(true);
        }
    }

    /// <summary>The write with its whole value; it stays here, in case the write is sent again.</summary>
    public bool TryTake(KeyOperation write, [NotNullWhen(true)] out KeyOperation? whole)
    {
        lock (_lock)
        {
            whole = _values.TryGetValue(write.Id, out byte[]? value) && value.Length == write.Offset
                ? write with { Kind = KeyOperationKind.Put, Value = value, Offset = 0 }
                : null;
            return whole is not null;
        }
    }
}
