namespace RayOrleans.ObjectStore.Tests;

public sealed class ArenaOptionsTests
{
    public static TheoryData<string, Action<ArenaOptions>> Wrong() => new()
    {
        { nameof(ArenaOptions.CapacityBytes), options => options.CapacityBytes = 100 },
        { nameof(ArenaOptions.CapacityBytes), options => options.CapacityBytes = long.MaxValue },
        { nameof(ArenaOptions.FullTimeout), options => options.FullTimeout = Timeout.InfiniteTimeSpan },
        { nameof(ArenaOptions.QuarantineTime), options => options.QuarantineTime = TimeSpan.FromDays(2) },
        { nameof(ArenaOptions.PrefaultReserveBytes), options => options.PrefaultReserveBytes = -1 },
        { nameof(ArenaOptions.GiveBackAfter), options => options.GiveBackAfter = TimeSpan.FromSeconds(-1) },
        { nameof(ArenaOptions.PressureInterval), options => options.PressureInterval = TimeSpan.Zero },
        { nameof(ArenaOptions.OvertakeBytes), options => options.OvertakeBytes = -1 },
        { nameof(ArenaOptions.TimeProvider), options => options.TimeProvider = null! },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Create_OptionOutOfRange_NamesIt(string option, Action<ArenaOptions> spoil)
    {
        ArenaOptions options = new();
        spoil(options);
        ArgumentException error = Assert.Throws<ArgumentException>(() => SharedMemoryStore.Create(options));
        Assert.Contains("ArenaOptions." + option, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_DirectoryMissing_SaysSo()
    {
        ArenaOptions options = new() { Directory = Path.Combine(Path.GetTempPath(), "does-not-exist-" + Environment.ProcessId) };
        Assert.Contains(options.Directory, Assert.Throws<DirectoryNotFoundException>(() => SharedMemoryStore.Create(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_Defaults_Work()
    {
        ArenaOptions options = new();
        using SharedMemoryStore store = SharedMemoryStore.Create(options);
        Assert.Equal(options.CapacityBytes, store.CapacityBytes);
        store.Create(10).Abort();
    }
}
