using System.Globalization;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>
/// How a node divides the memory that it may use: between the object store, the silo's heap, the heaps of worker processes, and what is left alone for everything
/// else (stacks, code, buffers of the system). Computed once per node; nothing here enforces it but the arena's size and the heap limits that processes are started with.
/// </summary>
public sealed record MemoryPlan
{
    private const double StorePart = 0.30;
    private const double ReservePart = 0.10;
    private const double SharedMemoryPart = 0.95;
    private const long LeastReserve = 128L << 20;
    private const long LeastStore = 16L << 20;
    private const long Page = 4096;

    /// <summary>Bytes that the node may use: what is available now, within the container's limit.</summary>
    public required long BudgetBytes { get; init; }

    /// <summary>What sets <see cref="BudgetBytes"/>, in words.</summary>
    public required string Source { get; init; }

    /// <summary>Bytes of the object store's arena: 30 % of the budget, and not more than the file system of the arena has.</summary>
    public required long StoreBytes { get; init; }

    /// <summary>The limit of the silo's managed heap, bytes.</summary>
    public required long SiloHeapBytes { get; init; }

    /// <summary>The limit of each worker process's managed heap, bytes; zero without worker processes.</summary>
    public required long WorkerHeapBytes { get; init; }

    /// <summary>Worker processes that it is made for.</summary>
    public required int Workers { get; init; }

    /// <summary>Bytes that nobody gets: 10 % of the budget and at least 128 MiB, or a quarter of a small budget.</summary>
    public required long ReserveBytes { get; init; }

    /// <summary>The plan of this machine or container.</summary>
    /// <param name="workers">Worker processes of the node.</param>
    /// <param name="storeBytes">The arena's size, where it is given; the rest is divided all the same.</param>
    public static MemoryPlan ForThisNode(int workers = 0, long? storeBytes = null)
    {
        MemoryBudget budget = MemoryBudget.Read("/");
        return Make(budget.Bytes, budget.Source, ArenaLocation.FreeSharedMemory(), workers, storeBytes);
    }

    /// <summary>The plan for a budget.</summary>
    /// <param name="budgetBytes">Bytes that the node may use.</param>
    /// <param name="source">What sets them, in words.</param>
    /// <param name="sharedMemoryBytes">Bytes that the file system of the arena can hold; null: no limit is known.</param>
    /// <param name="workers">Worker processes of the node.</param>
    /// <param name="storeBytes">The arena's size, where it is given.</param>
    public static MemoryPlan Make(long budgetBytes, string source, long? sharedMemoryBytes = null, int workers = 0, long? storeBytes = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budgetBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        long reserve = Math.Min(Math.Max((long)(budgetBytes * ReservePart), LeastReserve), budgetBytes / 4);
        long store = storeBytes ?? Store(budgetBytes, sharedMemoryBytes);
        long heaps = Math.Max(0, budgetBytes - reserve - store);
        // A silo that runs no user code needs a third of what its workers share.
        long silo = workers == 0 ? heaps : heaps / 3;
        return new MemoryPlan
        {
            BudgetBytes = budgetBytes,
            Source = source,
            StoreBytes = store,
            SiloHeapBytes = silo,
            WorkerHeapBytes = workers == 0 ? 0 : (heaps - silo) / workers,
            Workers = workers,
            ReserveBytes = reserve,
        };
    }

    /// <summary>The plan as a table.</summary>
    public string Describe()
    {
        StringBuilder text = new();
        Line(BudgetBytes, $"to use: {Source}");
        Line(StoreBytes, "object store");
        Line(SiloHeapBytes, "heap of the silo");
        if (Workers > 0)
            Line(WorkerHeapBytes, $"heap of each of {Workers} worker processes");
        Line(ReserveBytes, "left alone");
        return text.ToString();

        void Line(long bytes, string what) => text.Append(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20),10:N0} MiB  {what}\n");
    }

    private static long Store(long budget, long? sharedMemory)
    {
        long store = (long)(budget * StorePart);
        if (sharedMemory is { } most)
            store = Math.Min(store, (long)(most * SharedMemoryPart));
        return Math.Max(store, Math.Min(LeastStore, budget / 4)) & -Page;
    }
}
