namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>Two nodes with small stores, and a third with a large one, on which everything large is made.</summary>
public sealed class TooLargeTests
{
    private const int Megabyte = 1 << 20;
    private const int Small = 16 * Megabyte;

    [Fact]
    public async Task Get_OfAnObjectLargerThanTheStore_FailsWithTheSizes()
    {
        await using TwoNodes nodes = Start(out RemoteOptions onLarge, out _);
        IRay ray = nodes.Ray;
        using ObjectRef<byte[]> made = onLarge.Remote(static () => new byte[24 * Megabyte]);

        using ObjectRef<byte[]> little = ray.Put(new byte[3]);
        Check(Assert.Throws<ObjectStoreFullException>(() => ray.Get(made, Patience.Limit)));
        Check(Assert.Throws<ObjectStoreFullException>(() => ray.Get([made, little], Patience.Limit)));
        Check(Assert.Throws<ObjectStoreFullException>(() => ray.GetPinned(made, Patience.Limit)));
        Check(await Assert.ThrowsAsync<ObjectStoreFullException>(async () => await ray.GetAsync(made, Patience.Limit)));
        Check(await Assert.ThrowsAsync<ObjectStoreFullException>(() => made.AsTask().WaitAsync(Patience.Limit)));
        Check(await Assert.ThrowsAsync<ObjectStoreFullException>(async () => await made));
        Assert.Equal([0], ray.WaitAny([made], 1, Patience.Limit, fetchLocal: true, default));
        Assert.Equal([0, 1], await ray.WaitAnyAsync([made, little], 2, Patience.Limit, fetchLocal: true, default));
        Assert.Equal([0], ray.WaitAny([made], 1, Patience.Limit, fetchLocal: false, default));

        // The object is none the worse for it.
        using ObjectRef<int> length = onLarge.Remote(static (byte[] a) => a.Length, made);
        Assert.Equal(24 * Megabyte, await length.Soon());
        Assert.Equal(0, nodes.First.Services.Store.UsedBytes);
        foreach (ObjectRef reference in (ObjectRef[])[made, little, length])
        {
            reference.Dispose();
        }

        await nodes.IsEmptyAsync();

        void Check(ObjectStoreFullException error)
        {
            Assert.Contains($"Object {made.Id} of {error.RequestedBytes} bytes", error.Message, StringComparison.Ordinal);
            Assert.Contains($"{Small} bytes", error.Message, StringComparison.Ordinal);
            Assert.Equal(Small, error.CapacityBytes);
            Assert.InRange(error.RequestedBytes, 24 * Megabyte, 25 * Megabyte);
        }
    }

    [Fact]
    public async Task Argument_LargerThanTheStoreOfTheTasksNode_FailsTheTaskWithTheSizes()
    {
        await using TwoNodes nodes = Start(out RemoteOptions onLarge, out _);
        using ObjectRef<byte[]> made = onLarge.Remote(static () => new byte[24 * Megabyte]);
        using ObjectRef<int> length = nodes.Elsewhere.Remote(Length, made);
        ObjectStoreFullException error = await Assert.ThrowsAsync<ObjectStoreFullException>(() => length.Soon());
        Assert.Contains(nameof(Length), error.Message, StringComparison.Ordinal);
        Assert.Contains($"{made.Id} of ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"object store of {Small} bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains(nodes.Second.Services.NodeId.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, nodes.Second.Services.Store.UsedBytes);
        made.Dispose();
        length.Dispose();
        await nodes.IsEmptyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Arguments_TogetherLargerThanTheStore_FailTheTask_AndNotOneThatMayGoElsewhere(bool spilling)
    {
        await using TwoNodes nodes = Start(out RemoteOptions onLarge, out NodeId large, spilling);
        using ObjectRef<byte[]> one = onLarge.Remote(static () => new byte[10 * Megabyte]);
        using ObjectRef<byte[]> other = onLarge.Remote(static () => new byte[9 * Megabyte]);
        using ObjectRef<int> both = nodes.Elsewhere.Remote(static (byte[] a, byte[] b) => a.Length + b.Length, one, other);
        ObjectStoreFullException error = await Assert.ThrowsAsync<ObjectStoreFullException>(() => both.Soon());
        Assert.Contains(one.Id.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Id.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains($"object store of {Small} bytes", error.Message, StringComparison.Ordinal);

        // Each alone has room there, and both where they are.
        using ObjectRef<int> alone = nodes.Elsewhere.Remote(Length, one);
        Assert.Equal(10 * Megabyte, await alone.Soon());
        using ObjectRef<string> anywhere = nodes.Ray.Remote(static (byte[] a, byte[] b) => $"{a.Length + b.Length} on {Ray.Context.NodeId}", one, other);
        Assert.Equal($"{19 * Megabyte} on {large}", await anywhere.Soon());
        foreach (ObjectRef reference in (ObjectRef[])[one, other, both, alone, anywhere])
        {
            reference.Dispose();
        }

        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Arguments_OfTasksThatDoNotFitBesideEachOther_LetThemRunOneAfterTheOther()
    {
        await using TwoNodes nodes = Start(out RemoteOptions onLarge, out _, spilling: false);
        List<ObjectRef> held = [];
        List<ObjectRef<int>> sums = [];
        for (int i = 0; i < 6; i++)
        {
            ObjectRef<byte[]> one = onLarge.Remote(static () => new byte[7 * Megabyte]);
            ObjectRef<byte[]> other = onLarge.Remote(static () => new byte[6 * Megabyte]);
            sums.Add(nodes.Elsewhere.Remote(static (byte[] a, byte[] b) => a.Length + b.Length, one, other));
            held.AddRange([one, other]);
        }

        foreach (ObjectRef<int> sum in sums)
        {
            Assert.Equal(13 * Megabyte, await sum.Soon());
            sum.Dispose();
        }

        held.ForEach(static h => h.Dispose());
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Get_WhileOtherValuesArePinned_FailsInTime_AndSucceedsOnceTheyAreNot()
    {
        await using TwoNodes nodes = Start(out RemoteOptions onLarge, out _, spilling: false);
        using ObjectRef<ReadOnlyMemory<byte>> one = onLarge.Remote(static () => (ReadOnlyMemory<byte>)new byte[10 * Megabyte]);
        using ObjectRef<ReadOnlyMemory<byte>> other = onLarge.Remote(static () => (ReadOnlyMemory<byte>)new byte[9 * Megabyte]);
        using (Pinned<ReadOnlyMemory<byte>> pinned = nodes.Ray.GetPinned(one, Patience.Limit))
        {
            ObjectStoreFullException error = Assert.Throws<ObjectStoreFullException>(() => nodes.Ray.GetPinned(other, Patience.Limit));
            Assert.Contains(other.Id.ToString(), error.Message, StringComparison.Ordinal);
            Assert.True(error.PinnedBytes >= 10 * Megabyte, error.Message);
            Assert.Equal(10 * Megabyte, pinned.Value.Length);
        }

        using Pinned<ReadOnlyMemory<byte>> second = nodes.Ray.GetPinned(other, Patience.Limit);
        Assert.Equal(9 * Megabyte, second.Value.Length);
    }

    private static int Length(byte[] bytes) => bytes.Length;

    private static TwoNodes Start(out RemoteOptions onLarge, out NodeId large, bool spilling = true)
    {
        void Configure(RayOptions options, long store)
        {
            options.ObjectStoreBytes = store;
            options.Spilling = spilling;
            options.ObjectStoreFullTimeout = TimeSpan.FromMilliseconds(300);
        }

        TwoNodes nodes = TwoNodes.Start(o => Configure(o, Small));
        RayOptions largeOptions = TwoNodes.Options(1);
        Configure(largeOptions, 128L * Megabyte);
        large = nodes.Nodes.Add(largeOptions).Services.NodeId;
        onLarge = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(large));
        return nodes;
    }
}
