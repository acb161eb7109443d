using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore.Tests.Spilling;

/// <summary>A small store that spills into directories of its own, with faults on demand.</summary>
internal sealed class SpillStore : IDisposable
{
    public const int KB = 1 << 10;
    public const int MB = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _root = Directory.CreateTempSubdirectory("spill-test-").FullName;

    public SpillStore(long capacity = 16 * MB, int directories = 1, Action<SpillOptions>? configure = null, Action<ArenaOptions>? arena = null)
    {
        Directories = [.. Enumerable.Range(0, directories).Select(i => Path.Combine(_root, $"disk{i}"))];
        Spill = new SpillOptions
        {
            Directories = Directories,
            MinFreeBytes = 0,
            Files = Faults,
            FallbackDelay = TimeSpan.FromSeconds(60),
            BackOff = TimeSpan.FromMilliseconds(20),
        };
        configure?.Invoke(Spill);
        Options = new ArenaOptions
        {
            Directory = Directory.CreateDirectory(Path.Combine(_root, "arena")).FullName,
            CapacityBytes = capacity,
            PrefaultReserveBytes = 0,
            FullTimeout = Patience,
            PressureInterval = TimeSpan.FromMilliseconds(10),
            QuarantineTime = TimeSpan.FromMilliseconds(1),
            Spill = Spill,
            CallbackFailed = e => Failures.Add(e),
        };
        arena?.Invoke(Options);
        Store = SharedMemoryStore.Create(Options);
    }

    public List<Exception> Failures { get; } = [];

    public string[] Directories { get; }

    public FaultyFiles Faults { get; } = new();

    public SpillOptions Spill { get; }

    public ArenaOptions Options { get; }

    public SharedMemoryStore Store { get; }

    public SpillTotals Totals => Store.GetTotals().Spill;

    /// <summary>Files with spilled objects in all directories.</summary>
    public string[] Files => [.. Directories.Where(Directory.Exists).SelectMany(d => Directory.EnumerateFiles(d, "*.spill", SearchOption.AllDirectories))];

    /// <summary>The byte at a place of the object with this number.</summary>
    public static ulong Word(int number, long index) => (ulong)((number * 0x9E3779B97F4A7C15UL.GetHashCode()) + (index * 1_000_003));

    public StoredObject Put(int number, long length, TimeSpan? timeout = null)
    {
        StoreBlock block = Store.Create(length, timeout);
        Fill(block, number);
        block.Seal();
        return Store.Keep(block);
    }

    public static unsafe void Fill(StoreBlock block, int number)
    {
        byte* start = block.Pointer;
        for (long i = 0; i < block.Length / 8; i++)
            ((ulong*)start)[i] = Word(number, i);
        for (long i = block.Length & -8; i < block.Length; i++)
            start[i] = (byte)number;
    }

    public static unsafe void Check(StorePin pin, int number, long length)
    {
        Assert.Equal(length, pin.Block.Length);
        byte* start = pin.Block.Pointer;
        for (long i = 0; i < length / 8; i++)
        {
            if (((ulong*)start)[i] != Word(number, i))
                Assert.Fail($"Object {number} of {length} bytes has other bytes at {i * 8}.");
        }

        for (long i = length & -8; i < length; i++)
            Assert.Equal((byte)number, start[i]);
    }

    public static StorePin Pin(StoredObject item) => Within(item.PinAsync().AsTask(), "a restore");

    public static void Read(StoredObject item, int number, long length)
    {
        using StorePin pin = Pin(item);
        Check(pin, number, length);
    }

    public static T Within<T>(Task<T> task, string what)
    {
        Assert.True(Task.WaitAny([task], Patience) == 0, $"Waited {Patience} for {what}.");
        return task.GetAwaiter().GetResult();
    }

    public void Until(Func<bool> condition, string what)
    {
        DateTime end = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, $"Waited {Patience} for {what}: {Store.GetTotals()} {string.Join("; ", Failures)}");
            // Nobody tells of what a background thread has done: looked at again, within the patience.
            Thread.Sleep(1);
        }
    }

    /// <summary>Takes an object's memory away, so that only the disk has it.</summary>
    public void Evict(StoredObject item)
    {
        Until(() => item.State is StoredObjectState.InBoth or StoredObjectState.Spilled, "the object to be written");
        Assert.True(item.Block is null || item.Block.TryEvict());
    }

    public void Dispose()
    {
        Store.Dispose();
        Assert.Empty(Failures);
        Directory.Delete(_root, recursive: true);
    }
}
