using System.Text;

namespace RayOrleans.Core.Simulation;

/// <summary>The last events, and a hash over all of them: equal seeds give equal hashes.</summary>
internal sealed class TraceRing(int capacity)
{
    private readonly (long Time, SimEvent What, int A, int B, int C)[] _items = new (long, SimEvent, int, int, int)[capacity];
    private long _count;

    public ulong Hash { get; private set; } = 14695981039346656037UL;

    public void Add(long time, SimEvent what, int a = -1, int b = -1, int c = -1)
    {
        _items[_count++ % _items.Length] = (time, what, a, b, c);
        Hash = (Hash ^ (ulong)time) * 1099511628211UL;
        Hash = (Hash ^ ((ulong)what << 56) ^ ((ulong)(uint)a << 32) ^ (uint)b) * 1099511628211UL;
        Hash = (Hash ^ (uint)c) * 1099511628211UL;
    }

    public override string ToString()
    {
        StringBuilder text = new();
        for (long i = Math.Max(0, _count - _items.Length); i < _count; i++)
        {
            (long time, SimEvent what, int a, int b, int c) = _items[i % _items.Length];
            text.Append("  ").Append(time).Append(' ').Append(what);
            foreach (int number in (ReadOnlySpan<int>)[a, b, c])
            {
                if (number != -1)
                {
                    text.Append(' ').Append(number);
                }
            }

            text.AppendLine();
        }

        return text.ToString();
    }
}
