namespace RayOrleans.Silo.Endurance;

/// <summary>Objects of mixed sizes that are made, read and dropped, on one node and across nodes.</summary>
internal static class ObjectLoop
{
    /// <summary>Objects of a round that never leave the node that made them.</summary>
    public const int Local = 400;

    /// <summary>Objects of a round that are made on one node and read on another.</summary>
    public const int Crossing = 50;

    private const int Kept = 16;

    /// <summary>Puts objects and drops them, a few at a time; the sum of their first bytes.</summary>
    public static long MakeAndDrop(int seed, int count)
    {
        Random random = new(seed);
        Queue<ObjectRef<byte[]>> kept = new();
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] value = Bytes(random);
            kept.Enqueue(Ray.Put(value));
            if (kept.Count > Kept)
            {
                sum += DropOne(kept);
            }
        }

        while (kept.Count > 0)
        {
            sum += DropOne(kept);
        }

        return sum;
    }

    /// <summary>What <see cref="MakeAndDrop"/> and <see cref="SumAndDrop"/> must answer.</summary>
    public static long Expected(int seed, int count)
    {
        Random random = new(seed);
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += Next(random).First;
        }

        return sum;
    }

    /// <summary>Puts objects that somebody else reads.</summary>
    public static List<ObjectRef<byte[]>> Make(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Ray.Put(Bytes(random)))];
    }

    /// <summary>The same, outside of any task.</summary>
    public static List<ObjectRef<byte[]>> MakeBy(IRay ray, int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => ray.Put(Bytes(random)))];
    }

    /// <summary>Reads objects, wherever they are.</summary>
    public static long SumAndDrop(List<ObjectRef<byte[]>> objects)
    {
        long sum = 0;
        foreach (ObjectRef<byte[]> reference in objects)
        {
            sum += Checked(Ray.Get(reference));
            reference.Dispose();
        }

        return sum;
    }

    private static long DropOne(Queue<ObjectRef<byte[]>> kept)
    {
        using ObjectRef<byte[]> reference = kept.Dequeue();
        return Checked(Ray.Get(reference));
    }

    private static long Checked(byte[] value) =>
        value[0] == value[^1] && value[0] == value[value.Length / 2] ? value[0] : throw new InvalidDataException("An object is damaged.");

    private static byte[] Bytes(Random random)
    {
        (byte first, int length) = Next(random);
        byte[] value = new byte[length];
        Array.Fill(value, first);
        return value;
    }

    /// <summary>Most are small, one of a hundred lies in the object store, one of a thousand is large.</summary>
    private static (byte First, int Length) Next(Random random)
    {
        int kind = random.Next(1000);
        int most = kind == 0 ? 2_000_000 : kind < 10 ? 200_000 : kind < 100 ? 20_000 : 1000;
        return ((byte)random.Next(256), random.Next(1, most));
    }
}
