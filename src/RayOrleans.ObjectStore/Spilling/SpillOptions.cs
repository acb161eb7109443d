namespace RayOrleans.ObjectStore;

/// <summary>Settings of spilling: where objects go that the arena has no room for, and from when on.</summary>
public sealed class SpillOptions
{
    /// <summary>
    /// Directories on disks, used in turn; at least one. Each store makes a folder of its own in them, readable by its user only, when it first spills.
    /// A directory that fails is left out for a while; several on different disks add up their speed.
    /// </summary>
    public IReadOnlyList<string> Directories { get; set; } = [];

    /// <summary>
    /// The share of the capacity that objects without a copy on disk may take before the least recently used are written in the background. Default 0.8.
    /// Lower spills earlier and writes more; higher makes creators wait for the disk more often. 1: only when somebody waits.
    /// </summary>
    public double Threshold { get; set; } = 0.8;

    /// <summary>
    /// Size up to which small objects are fused into one file. Default 64 MiB, but at most an eighth of the capacity. Objects of half of it and more get a
    /// file of their own. Larger files are fewer and written faster, and give their room back later.
    /// </summary>
    public long FileBytes { get; set; } = 64L << 20;

    /// <summary>Threads that write. Default 2.</summary>
    public int Writers { get; set; } = 2;

    /// <summary>Threads that read back. Default 4. More help disks that serve requests in parallel.</summary>
    public int Readers { get; set; } = 4;

    /// <summary>Bytes that may lie on disk; null: as many as there is room for. At the limit creators wait as if the disk were full.</summary>
    public long? MaxBytes { get; set; }

    /// <summary>Bytes that spilling leaves free on each disk. Default 128 MiB: others use the disk too.</summary>
    public long MinFreeBytes { get; set; } = 128L << 20;

    /// <summary>
    /// How long a creator, or a restore, waits for memory when nothing more can be spilled, before it gets memory that is mapped from a file on disk.
    /// Default 250 ms. Such memory is as slow as the disk but lets whoever waits go on.
    /// </summary>
    public TimeSpan FallbackDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How much longer than its timeout a request for memory waits at most while the disk is being written: what comes of that decides. Default 30 s; after it the
    /// disk is taken for stuck.
    /// </summary>
    public TimeSpan WritePatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a directory is left out after its first failure; twice as long after each further one, up to 32 times. Default 1 s.</summary>
    public TimeSpan BackOff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Called before anything is spilled, on a thread of the spilling, with the bytes that should be written: whoever holds handles collects garbage and drops
    /// what it can before it returns, and less, or nothing, is spilled. It should be cheap when the last calls dropped nothing. Default: none.
    /// </summary>
    public Action<long>? BeforeSpill { get; set; }

    /// <summary>The file system; another one in tests.</summary>
    internal ISpillFiles Files { get; set; } = new DiskSpillFiles();

    internal void Validate()
    {
        Require(Directories is { Count: > 0 } && Directories.All(d => !string.IsNullOrWhiteSpace(d)), nameof(Directories), string.Join(", ", Directories ?? []), "at least one directory, none of them empty");
        Require(Threshold is > 0 and <= 1, nameof(Threshold), Threshold, "above 0 and at most 1");
        Require(FileBytes >= 1, nameof(FileBytes), FileBytes, "positive");
        Require(Writers is >= 1 and <= 64, nameof(Writers), Writers, "between 1 and 64");
        Require(Readers is >= 1 and <= 256, nameof(Readers), Readers, "between 1 and 256");
        Require(MaxBytes is null or >= 1, nameof(MaxBytes), MaxBytes ?? 0, "positive, or null");
        Require(MinFreeBytes >= 0, nameof(MinFreeBytes), MinFreeBytes, "zero or more");
        Require(ArenaOptions.IsTime(FallbackDelay), nameof(FallbackDelay), FallbackDelay, "between zero and one day");
        Require(ArenaOptions.IsTime(WritePatience), nameof(WritePatience), WritePatience, "between zero and one day");
        Require(ArenaOptions.IsTime(BackOff) && BackOff > TimeSpan.Zero, nameof(BackOff), BackOff, "above zero and at most one day");
    }

    private static void Require(bool valid, string option, object value, string range)
    {
        if (!valid)
            throw new ArgumentException($"SpillOptions.{option} is {value}; it must be {range}.", option);
    }
}
