namespace RayOrleans.ObjectStore;

/// <summary>Settings of a <see cref="SharedMemoryStore"/>; read once, by <see cref="SharedMemoryStore.Create(ArenaOptions)"/>.</summary>
public sealed class ArenaOptions
{
    internal const long MaxCapacityBytes = 1L << 45;
    private long? _capacityBytes;

    /// <summary>
    /// Directory of the arena file. Default: <c>/dev/shm</c> on Linux when it is usable and has <see cref="CapacityBytes"/> free,
    /// else the temporary directory (<see cref="SharedMemoryStore.Notice"/> then says why). A directory on a disk works but writes objects back to it.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>Bytes the store may hold, rounded up to 4096. Default: the store's part of <see cref="MemoryPlan.ForThisNode"/>, which is 30 % of what is available here. Memory is taken as blocks are created.</summary>
    public long CapacityBytes { get => _capacityBytes ??= MemoryPlan.ForThisNode().StoreBytes; set => _capacityBytes = value; }

    /// <summary>How long a full store makes a creator wait for room before <see cref="StoreFullException"/>. Default 10 s; zero means never wait.</summary>
    public TimeSpan FullTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long memory is not reused after a finalizer released a pin of it. Default 250 ms. A span taken from a value does not keep the value alive;
    /// the rest lets such a reader finish. Longer is safer and holds more memory.
    /// </summary>
    public TimeSpan QuarantineTime { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Free memory that was not used for this long, or up to twice this, is given back to the system, the reserve of <see cref="PrefaultReserveBytes"/> too
    /// when nothing at all was used; Linux only. Default 30 s; zero means never before Dispose. Shorter spares memory in pauses, and makes the first use after one as slow as the very first.
    /// </summary>
    public TimeSpan GiveBackAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes kept committed and faulted in ahead of need by a background thread; 0 switches it off. Default 64 MiB.
    /// First writes to new memory are ten times slower than later ones; more reserve hides that from larger bursts and holds that much memory.
    /// </summary>
    public long PrefaultReserveBytes { get; set; } = 64L << 20;

    /// <summary>Shortest time between two <see cref="SharedMemoryStore.PressureRequested"/>, and how often a waiting request looks again. Default 100 ms.</summary>
    public TimeSpan PressureInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Bytes that younger, smaller requests may take in total before the oldest waiting request. Default 16 MiB. Larger keeps small results flowing
    /// past a large waiting one (they may be what it waits for); smaller serves the large one earlier. It is bounded, so nobody starves.
    /// </summary>
    public long OvertakeBytes { get; set; } = 16L << 20;

    /// <summary>The clock of waits, quarantine and pressure. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Told of exceptions thrown by eviction callbacks and pressure handlers, which must not fail the creator that caused them. Default: none.</summary>
    public Action<Exception>? CallbackFailed { get; set; }

    /// <summary>Where objects go that there is no room for; null: nowhere, they wait. Default null. Only objects that were given to <see cref="SharedMemoryStore.Keep(StoreBlock)"/> are spilled.</summary>
    public SpillOptions? Spill { get; set; }

    /// <summary>Uses the base library's mapping also on Linux, for tests of that path.</summary>
    internal bool ForceManagedBacking { get; set; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and its range.</exception>
    public void Validate()
    {
        Require(CapacityBytes is >= 4096 and <= MaxCapacityBytes, nameof(CapacityBytes), CapacityBytes, "between 4096 bytes and 32 TiB");
        Require(IsTime(FullTimeout), nameof(FullTimeout), FullTimeout, "between zero and one day");
        Require(IsTime(QuarantineTime), nameof(QuarantineTime), QuarantineTime, "between zero and one day");
        Require(IsTime(GiveBackAfter), nameof(GiveBackAfter), GiveBackAfter, "between zero and one day");
        Require(PrefaultReserveBytes >= 0, nameof(PrefaultReserveBytes), PrefaultReserveBytes, "zero or more");
        Require(IsTime(PressureInterval) && PressureInterval >= TimeSpan.FromMilliseconds(1), nameof(PressureInterval), PressureInterval,
            "between one millisecond and one day");
        Require(OvertakeBytes >= 0, nameof(OvertakeBytes), OvertakeBytes, "zero or more");
        Require(TimeProvider is not null, nameof(TimeProvider), "null", "a time provider");
        Spill?.Validate();
    }

    internal static bool IsTime(TimeSpan value) => value >= TimeSpan.Zero && value <= TimeSpan.FromDays(1);

    private static void Require(bool valid, string option, object value, string range)
    {
        if (!valid)
            throw new ArgumentException($"ArenaOptions.{option} is {value}; it must be {range}.", option);
    }
}
