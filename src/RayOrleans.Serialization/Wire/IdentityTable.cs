using System.Runtime.CompilerServices;

namespace RayOrleans.Serialization.Wire;

/// <summary>Numbers objects by identity, in the order in which they are met. The first few are found by a scan, which beats hashing.</summary>
internal sealed class IdentityTable
{
    private const int ScanLimit = 8;
    private const int KeptCapacity = 4096;

    private object?[] _items = new object?[ScanLimit * 2];
    private int[] _buckets = [];
    private int _count;

    public int Count => _count;

    /// <summary>True, with the object's number, when it was met before; else it gets the next number.</summary>
    public bool TryFindOrAdd(object item, out int id)
    {
        int count = _count;
        object?[] items = _items;
        if (count <= ScanLimit)
        {
            for (int i = 0; i < count; i++)
            {
                if (ReferenceEquals(items[i], item))
                {
                    id = i;
                    return true;
                }
            }

            id = count;
            items[count] = item;
            _count = count + 1;
            if (_count > ScanLimit)
            {
                Rehash(64);
            }

            return false;
        }

        return TryFindOrAddHashed(item, out id);
    }

    /// <summary>Forgets the numbers from <paramref name="count"/> on.</summary>
    public void Truncate(int count)
    {
        Array.Clear(_items, count, _count - count);
        _count = count;
        if (count > ScanLimit)
        {
            Rehash(_buckets.Length);
        }
    }

    public void Clear()
    {
        if (_items.Length > KeptCapacity)
        {
            _items = new object?[ScanLimit * 2];
            _buckets = [];
        }
        else
        {
            Array.Clear(_items, 0, _count);
        }

        _count = 0;
    }

    private bool TryFindOrAddHashed(object item, out int id)
    {
        int[] buckets = _buckets;
        int mask = buckets.Length - 1;
        int slot = Spread(RuntimeHelpers.GetHashCode(item)) & mask;
        while (buckets[slot] is int entry and not 0)
        {
            if (ReferenceEquals(_items[entry - 1], item))
            {
                id = entry - 1;
                return true;
            }

            slot = (slot + 1) & mask;
        }

        id = _count;
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, _count * 2);
        }

        _items[_count++] = item;
        if (_count * 2 > buckets.Length)
        {
            Rehash(buckets.Length * 2);
        }
        else
        {
            buckets[slot] = _count;
        }

        return false;
    }

    private void Rehash(int size)
    {
        int[] buckets = _buckets.Length == size ? _buckets : new int[size];
        Array.Clear(buckets);
        int mask = size - 1;
        for (int i = 0; i < _count; i++)
        {
            int slot = Spread(RuntimeHelpers.GetHashCode(_items[i])) & mask;
            while (buckets[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            buckets[slot] = i + 1;
        }

        _buckets = buckets;
    }

    private static int Spread(int hash) => (int)(((uint)hash * 0x9E3779B97F4A7C15UL) >> 33);
}
