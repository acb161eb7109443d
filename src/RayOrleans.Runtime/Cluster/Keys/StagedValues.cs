using System.Diagnostics.CodeAnalysis;

namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>
/// Values that arrive in parts before they are written. Not kept by the shard: when they are lost the writer sends them again. Bounded: what was written gives way
/// first, then what nobody adds to any more; while there is neither, a value that comes new is refused, so that those before it get done. Thread-safe.
/// </summary>
internal sealed class StagedValues(TimeProvider time)
{
    /// <summary>How many there are at most.</summary>
    public const int MaxValues = 32;

    /// <summary>After so long without a part nobody sends the rest: a client gives a part up after <see cref="KeyClient.Patience"/>.</summary>
    public static readonly TimeSpan GivenUpAfter = KeyClient.DefaultPatience;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Staged> _values = [];

    /// <summary>Takes a part; parts come in order, and one that comes again replaces what it overlaps.</summary>
    /// <returns>The answer: whether everything before the part is here, and there is room for it.</returns>
    public byte[] Add(KeyOperation part)
    {
        lock (_lock)
        {
            Staged? staged = _values.GetValueOrDefault(part.Id);
            int before = staged?.Bytes.Length ?? 0;
            if (part.Offset > before || part.Offset + part.Value.Length > KeyLimits.MaxValueBytes || (staged is null && !TryMakeRoom()))
            {
                return KeyWire.EncodeFlag(false);
            }

            byte[] joined = new byte[Math.Max(before, part.Offset + part.Value.Length)];
            staged?.Bytes.CopyTo(joined, 0);
            part.Value.Span.CopyTo(joined.AsSpan(part.Offset));
            _values[part.Id] = new Staged(joined, time.GetTimestamp(), IsWritten: false);
            return KeyWire.EncodeFlag(true);
        }
    }

    /// <summary>The write with its whole value; it stays here as long as there is room, in case the write is sent again.</summary>
    public bool TryTake(KeyOperation write, [NotNullWhen(true)] out KeyOperation? whole)
    {
        lock (_lock)
        {
            whole = null;
            if (_values.TryGetValue(write.Id, out Staged? staged) && staged.Bytes.Length == write.Offset)
            {
                _values[write.Id] = staged with { IsWritten = true };
                whole = write with { Kind = KeyOperationKind.Put, Value = staged.Bytes, Offset = 0 };
            }

            return whole is not null;
        }
    }

    private bool TryMakeRoom()
    {
        if (_values.Count < MaxValues)
        {
            return true;
        }

        (UInt128 id, Staged oldest) = _values.MinBy(static v => (!v.Value.IsWritten, v.Value.TouchedAt));
        return (oldest.IsWritten || time.GetElapsedTime(oldest.TouchedAt) > GivenUpAfter) && _values.Remove(id);
    }

    private sealed record Staged(byte[] Bytes, long TouchedAt, bool IsWritten);
}
