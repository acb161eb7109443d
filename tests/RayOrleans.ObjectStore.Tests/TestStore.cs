namespace RayOrleans.ObjectStore.Tests;

/// <summary>A store in a directory of its own, on a clock of its own.</summary>
internal sealed class TestStore : IDisposable
{
    public const long MB = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public TestStore(long capacity = 16 * MB, Action<ArenaOptions>? configure = null)
    {
        Options = new ArenaOptions
        {
            Directory = Directory.CreateTempSubdirectory("objectstore-test-").FullName,
            CapacityBytes = capacity,
            PrefaultReserveBytes = 0,
            TimeProvider = Time,
        };
        configure?.Invoke(Options);
        Store = SharedMemoryStore.Create(Options);
    }

    public ManualTime Time { get; } = new();

    public ArenaOptions Options { get; }

    public SharedMemoryStore Store { get; }

    public static async Task<StoreBlock> Within(Task<StoreBlock> task, string what)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException error) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Patience} for {what}.", error);
        }
    }

    public StoreBlock Sealed(long length)
    {
        StoreBlock block = Store.Create(length, TimeSpan.Zero);
        block.Seal();
        return block;
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Options.Directory!, recursive: true);
    }
}
