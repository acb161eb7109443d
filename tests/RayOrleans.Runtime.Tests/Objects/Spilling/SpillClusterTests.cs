using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Tests.Cluster.Nodes;
using static RayOrleans.Runtime.Tests.Objects.Spilling.SpillNode;

namespace RayOrleans.Runtime.Tests.Objects.Spilling;

public sealed class SpillClusterTests
{
    [Fact]
    public async Task TwoNodes_HoldThreeTimesTheirStores_AndReadEachOthers()
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.ObjectStoreBytes = 32L * Megabyte);
        ObjectRef<byte[]>[] here = [.. Enumerable.Range(0, 60).Select(i => nodes.Ray.Put(Bytes(i)))];
        ObjectRef<byte[]>[] there = [.. Enumerable.Range(0, 60).Select(i => nodes.Elsewhere.Remote(static (int n) => Bytes(n), 1000 + i))];
        ObjectRef<int>[] sums = [.. Enumerable.Range(0, 60).Select(i => nodes.Elsewhere.Remote(static (byte[] a, byte[] b) => a[3] + b[3], here[i], there[59 - i]))];
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(Bytes(i)[3] + Bytes(1059 - i)[3], await sums[i].Soon());
        }

        int[] order = [.. Enumerable.Range(0, 60)];
        new Random(5).Shuffle(order);
        foreach (int i in order)
        {
            Check(await there[i].Soon(), 1000 + i);
            Check(await here[i].Soon(), i);
        }

        StoreTotals first = nodes.First.Services.Store.GetTotals();
        Assert.True(first.Spill.Spills > 0 && first.Evictions > 0, first.ToString());
        Assert.True(nodes.Second.Services.Store.GetTotals().Spill.Restores > 0);
        foreach (ObjectRef reference in (ObjectRef[])[.. here, .. there, .. sums])
        {
            reference.Dispose();
        }

        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task SecondaryCopies_AreEvictedInsteadOfSpilled_AndPulledAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.ObjectStoreBytes = 64L * Megabyte);
        ObjectRef<byte[]>[] there = [.. Enumerable.Range(0, 40).Select(i => nodes.Elsewhere.Remote(static (int n) => Bytes(n), i))];
        for (int i = 0; i < there.Length; i++)
        {
            Check(await there[i].Soon(), i);
        }

        Assert.True(nodes.First.Services.Store.GetTotals().SecondaryBytes >= 30L * Megabyte);
        ObjectRef<byte[]>[] here = [.. Enumerable.Range(0, 45).Select(i => nodes.Ray.Put(Bytes(1000 + i)))];
        StoreTotals totals = nodes.First.Services.Store.GetTotals();
        Assert.Equal(0, totals.Spill.Spills);
        Assert.True(totals.Evictions >= 20, totals.ToString());
        for (int i = 0; i < there.Length; i++)
        {
            Check(await there[i].Soon(), i);
        }

        for (int i = 0; i < here.Length; i++)
        {
            Check(await here[i].Soon(), 1000 + i);
        }
    }

    [Fact]
    public async Task DamagedResult_IsMadeAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.ObjectStoreBytes = 32L * Megabyte);
        RemoteOptions first = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.First.Services.NodeId));
        ObjectRef<byte[]>[] made = [.. Enumerable.Range(0, 60).Select(i => first.Remote(static (int n) => Bytes(n), i))];
        foreach (ObjectRef<byte[]> reference in made)
        {
            await ((ObjectRef)reference).Soon();
        }

        int hit = 0;
        foreach (ObjectRef<byte[]> reference in made)
        {
            if (((Core.ObjectEntry)reference.Target).Value is StoreValue { Stored: { State: StoredObjectState.Spilled } stored } && stored.Record is { } record && hit < 3)
            {
                // Out of its folder, as a disk that lost it would.
                record.File.Folder.Delete(record.File.Name);
                hit++;
            }
        }

        Assert.True(hit > 0);
        for (int i = 0; i < made.Length; i++)
        {
            Check(await made[i].Soon(), i);
        }
    }
}
