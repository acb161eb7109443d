namespace RayOrleans.Api.Tests.Options;

public sealed class RayOptionsTests
{
    public static TheoryData<string, Action<RayOptions>> Refused => new()
    {
        { nameof(RayOptions.Nodes), o => o.Nodes = 0 },
        { nameof(RayOptions.CpusPerNode), o => o.CpusPerNode = -1 },
        { nameof(RayOptions.GpusPerNode), o => o.GpusPerNode = 0.00001 },
        { nameof(RayOptions.MemoryPerNode), o => o.MemoryPerNode = -1 },
        { nameof(RayOptions.Resources), o => o.Resources["CPU"] = 1 },
        { nameof(RayOptions.Labels), o => o.Labels[""] = "x" },
        { nameof(RayOptions.ObjectStoreBytes), o => o.ObjectStoreBytes = 0 },
        { nameof(RayOptions.ObjectStoreDirectory), o => o.ObjectStoreDirectory = "" },
        { nameof(RayOptions.SpillDirectory), o => o.SpillDirectory = " " },
        { nameof(RayOptions.SpillDirectories), o => o.SpillDirectories = ["/tmp/a", ""] },
        { nameof(RayOptions.SpillThreshold), o => o.SpillThreshold = 1.2 },
        { nameof(RayOptions.MemoryUsageThreshold), o => o.MemoryUsageThreshold = 95 },
        { nameof(RayOptions.MemoryMonitorInterval), o => o.MemoryMonitorInterval = TimeSpan.FromMilliseconds(-1) },
        { nameof(RayOptions.SpillLimitBytes), o => o.SpillLimitBytes = 0 },
        { nameof(RayOptions.ObjectStoreFullTimeout), o => o.ObjectStoreFullTimeout = TimeSpan.FromSeconds(-5) },
        { nameof(RayOptions.InlineThresholdBytes), o => o.InlineThresholdBytes = -1 },
        { nameof(RayOptions.MaxWorkerThreads), o => o.MaxWorkerThreads = 0 },
        { nameof(RayOptions.MaxPendingTasks), o => o.MaxPendingTasks = 0 },
        { nameof(RayOptions.MaxLineageBytes), o => o.MaxLineageBytes = -1 },
        { nameof(RayOptions.MaxBufferedStreamItems), o => o.MaxBufferedStreamItems = 0 },
        { nameof(RayOptions.MaxGcsBacklogBytes), o => o.MaxGcsBacklogBytes = 0 },
        { nameof(RayOptions.EventsPerThread), o => o.EventsPerThread = -1 },
        { nameof(RayOptions.Address), o => o.Address = "not an address" },
        { nameof(RayOptions.Namespace), o => o.Namespace = " " },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task InitAsync_ValueThatCannotBeMeant_ThrowsWithTheNameOfTheOption(string option, Action<RayOptions> change)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Ray.InitAsync(change));
        Assert.Equal(option, error.ParamName);
    }

    [Fact]
    public void Validate_Defaults_Pass() => new RayOptions { Address = "ray://10.0.0.7:30000", CpusPerNode = 0.5 }.Validate();
}
