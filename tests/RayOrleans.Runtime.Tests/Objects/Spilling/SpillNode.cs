using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Tests.Objects.Spilling;

/// <summary>A node with a small store and a directory of its own to spill to.</summary>
internal sealed class SpillNode : IAsyncDisposable
{
    public const int Megabyte = 1 << 20;

    private SpillNode(IRay ray, string directory)
    {
        Ray = ray;
        Directory = directory;
    }

    public IRay Ray { get; }

    public string Directory { get; }

    public SpillTotals Totals => Ray.Services().Store.GetTotals().Spill;

    public string[] Files => System.IO.Directory.GetFiles(Directory, "*.spill", SearchOption.AllDirectories);

    public static async Task<SpillNode> StartAsync(double cpus = 2, Action<RayOptions>? configure = null)
    {
        string directory = System.IO.Directory.CreateTempSubdirectory("spill-node-").FullName;
        return new SpillNode(
            await Nodes.StartAsync(cpus, o =>
            {
                o.ObjectStoreBytes = 32L * Megabyte;
                o.SpillDirectory = directory;
                configure?.Invoke(o);
            }),
            directory);
    }

    public static byte[] Bytes(int number, int length = Megabyte)
    {
        byte[] bytes = new byte[length];
        new Random(number).NextBytes(bytes);
        return bytes;
    }

    public static void Check(ReadOnlySpan<byte> bytes, int number, int length = Megabyte) =>
        Assert.True(bytes.SequenceEqual(Bytes(number, length)), $"Object {number} has other bytes than were put.");

    /// <summary>Puts three times what the store holds.</summary>
    public ObjectRef<byte[]>[] PutMany(int count = 96) => [.. Enumerable.Range(0, count).Select(i => Ray.Put(Bytes(i)))];

    /// <summary>An object that is on disk only, with its number.</summary>
    public (int Number, ObjectRef<byte[]> Reference) Spilled(ObjectRef<byte[]>[] references)
    {
        int at = Array.FindIndex(references, r => StoredOf(r).State == StoredObjectState.Spilled);
        Assert.True(at >= 0, $"Nothing is on disk only: {Totals}");
        return (at, references[at]);
    }

    public static StoredObject StoredOf(ObjectRef reference) => ((StoreValue)((Core.ObjectEntry)reference.Target).Value!).Stored;

    public async ValueTask DisposeAsync()
    {
        await Ray.DisposeAsync();
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(Directory));
        System.IO.Directory.Delete(Directory);
    }
}
