using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains.Tests.Gcs;

public sealed class MemoryShardStorageTests
{
    [Fact]
    public async Task Epoch_WhateverIsAskedFor_Grows()
    {
        IShardStorage storage = new MemoryShardStorageProvider().Open(3);

        Assert.Equal(100, await storage.RaiseEpochAsync(100, CancellationToken.None));
        Assert.Equal(101, await storage.RaiseEpochAsync(100, CancellationToken.None));
        Assert.Equal(102, await storage.RaiseEpochAsync(5, CancellationToken.None));
        Assert.Equal(200, await storage.RaiseEpochAsync(200, CancellationToken.None));
    }
}
