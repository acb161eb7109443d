using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RayOrleans;

/// <summary>
/// Identifies a task: 16 bytes, a hash of the parent task, the parent's attempt and an index from that attempt's counter.
/// A re-run parent therefore makes new children, and an id never stands for two different calls.
/// </summary>
public readonly record struct TaskId
{
    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>Makes an id from its two halves.</summary>
    /// <param name="high">The first eight bytes.</param>
    /// <param name="low">The last eight bytes.</param>
    public TaskId(ulong high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>The id that stands for no task.</summary>
    public static TaskId None => default;

    /// <summary>Whether this is <see cref="None"/>.</summary>
    public bool IsNone => (_high | _low) == 0;

    /// <summary>The first eight bytes.</summary>
    public ulong High => _high;

    /// <summary>The last eight bytes.</summary>
    public ulong Low => _low;

    /// <summary>The id of the child number <paramref name="index"/> that attempt <paramref name="attempt"/> of this task makes.</summary>
    /// <param name="attempt">The attempt of this task that makes the child, from 0.</param>
    /// <param name="index">The attempt's own counter, from 0.</param>
    [SkipLocalsInit]
    public TaskId Child(int attempt, long index)
    {
        Span<ulong> input = stackalloc ulong[4];
        input[0] = _high;
        input[1] = _low;
        input[2] = (ulong)(uint)attempt;
        input[3] = (ulong)index;
        UInt128 hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(input));
        return new TaskId((ulong)(hash >> 64), (ulong)hash);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(_low ^ (_low >> 32));

    /// <summary>The id as 32 lower-case hexadecimal digits.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_high:x16}{_low:x16}");
}
