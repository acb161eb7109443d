using RayOrleans.ObjectStore;
using static RayOrleans.Runtime.Tests.Objects.Spilling.SpillNode;

namespace RayOrleans.Runtime.Tests.Objects.Spilling;

public sealed class SpillingNodeTests
{
    [Fact]
    public async Task ThreeTimesTheStore_IsHeldAndReadBackInRandomOrder()
    {
        await using SpillNode node = await StartAsync();
        ObjectRef<byte[]>[] references = node.PutMany();
        int[] order = [.. Enumerable.Range(0, references.Length)];
        new Random(3).Shuffle(order);
        await Patience.OnThread(
            () =>
            {
                foreach (int i in order)
                {
                    Check(node.Ray.Get(references[i]), i);
                }
            },
            "every object");
        Assert.True(node.Totals.Restores > 0);
        foreach (ObjectRef<byte[]> reference in references)
        {
            reference.Dispose();
        }

        await node.Ray.AssertNothingIsLeftAsync();
        Patience.Until(() => node.Files.Length == 0, () => $"the files were deleted: {node.Totals}");
    }

    [Fact]
    public async Task EveryWayOfReading_Restores()
    {
        await using SpillNode node = await StartAsync();
        ObjectRef<byte[]>[] references = node.PutMany();
        for (int round = 0; round < 3; round++)
        {
            (int number, ObjectRef<byte[]> reference) = node.Spilled(references);
            Check(await reference, number);
            (number, reference) = node.Spilled(references);
            Check(await node.Ray.GetAsync(reference), number);
            (number, reference) = node.Spilled(references);
            Check(await reference.Soon(), number);
            (number, reference) = node.Spilled(references);
            using Pinned<byte[]> pinned = node.Ray.GetPinned(reference);
            Check(pinned.Value, number);
        }

        IReadOnlyList<byte[]> all = await Patience.OnThread(() => node.Ray.Get(references), "all of them");
        IReadOnlyList<byte[]> again = await node.Ray.GetAsync(references);
        for (int i = 0; i < references.Length; i++)
        {
            Check(all[i], i);
            Check(again[i], i);
        }

        Patience.Until(() => references.All(r => StoredOf(r).PinCount == 0), "no pin was left");
    }

    [Fact]
    public async Task Wait_IsReadyWithoutRestoring()
    {
        await using SpillNode node = await StartAsync();
        ObjectRef<byte[]>[] references = node.PutMany();
        long restores = node.Totals.Restores;
        Assert.Equal(references.Length, node.Ray.WaitAny(references, references.Length, TimeSpan.Zero, true, CancellationToken.None).Count);
        Assert.All(references, r => Assert.True(r.IsCompleted));
        Assert.Equal(restores, node.Totals.Restores);
    }

    [Fact]
    public async Task Arguments_OfTasksAndActors_AreRestored()
    {
        await using SpillNode node = await StartAsync();
        ObjectRef<byte[]>[] references = node.PutMany();
        ObjectRef<int>[] sums = [.. Enumerable.Range(0, references.Length).Select(i => node.Ray.Remote(
            static (byte[] a, byte[] b, byte[] c) => a[7] + b[7] + c[7], references[i], references[(i * 7) % 96], references[(i * 31) % 96]))];
        ObjectRef<int>[] turns = [.. Enumerable.Range(0, references.Length).Select(i => node.Ray.Remote(
            static async (byte[] a, byte[] b) =>
            {
                await Task.Yield();
                return a[9] - b[9];
            },
            references[95 - i],
            references[i]))];
        int[] seven = [.. Enumerable.Range(0, 96).Select(i => (int)Bytes(i)[7])];
        int[] nine = [.. Enumerable.Range(0, 96).Select(i => (int)Bytes(i)[9])];
        for (int i = 0; i < 96; i++)
        {
            Assert.Equal(seven[i] + seven[(i * 7) % 96] + seven[(i * 31) % 96], await sums[i].Soon());
            Assert.Equal(nine[95 - i] - nine[i], await turns[i].Soon());
        }

        Patience.Until(() => references.All(r => StoredOf(r).PinCount == 0), "no pin was left");
    }

    [Fact]
    public async Task Results_TuplesAndNestedReferences_AreSpilledToo()
    {
        await using SpillNode node = await StartAsync();
        ObjectRef<(byte[], byte[])>[] pairs = [.. Enumerable.Range(0, 30).Select(i => node.Ray.Remote(static n => (Bytes(n), Bytes(n + 1000)), i))];
        ObjectRef<List<ObjectRef<byte[]>>> nested = node.Ray.Remote(static () => Enumerable.Range(0, 30).Select(i => Ray.Put(Bytes(i + 2000))).ToList());
        for (int i = 0; i < pairs.Length; i++)
        {
            (byte[] first, byte[] second) = await pairs[i].Soon();
            Check(first, i);
            Check(second, i + 1000);
        }

        List<ObjectRef<byte[]>> inner = await nested.Soon();
        for (int i = 0; i < inner.Count; i++)
        {
            Check(await inner[i], i + 2000);
        }

        Assert.True(node.Totals.Spills > 0);
    }

    [Fact]
    public async Task BlockedParentsWithPinnedArguments_DoNotStopTheirChildren()
    {
        await using SpillNode node = await StartAsync(cpus: 4);
        ObjectRef<byte[]>[] references = node.PutMany();
        ObjectRef<int>[] parents = [.. Enumerable.Range(0, 4).Select(p => node.Ray.Remote(
            static (ReadOnlyMemory<byte> own, List<ObjectRef<byte[]>> others) =>
            {
                int sum = own.Span[0];
                foreach (ObjectRef<byte[]> other in others)
                {
                    sum += Ray.Get(Ray.Remote(static (byte[] a) => (int)a[1], other));
                }

                return sum;
            },
            node.Ray.Put(new ReadOnlyMemory<byte>(Bytes(p, 6 * Megabyte))),
            references.Skip(p * 20).Take(20).ToList()))];
        for (int p = 0; p < parents.Length; p++)
        {
            int expected = Bytes(p, 6 * Megabyte)[0] + Enumerable.Range(p * 20, 20).Sum(i => Bytes(i)[1]);
            Assert.Equal(expected, await parents[p].Soon());
        }
    }

    [Fact]
    public async Task DroppedHandles_AreNeverSpilled()
    {
        await using SpillNode node = await StartAsync();
        await Patience.OnThread(
            () =>
            {
                for (int i = 0; i < 200; i++)
                {
                    PutAndDrop(node.Ray);
                }
            },
            "puts that nobody keeps");
        Assert.Equal(0, node.Totals.Spills);
    }

    [Fact]
    public async Task DamagedFile_FailsTheObjectWithTheReason_AndNoOther()
    {
        await using SpillNode node = await StartAsync();
        ObjectRef<byte[]>[] references = node.PutMany();
        (int number, ObjectRef<byte[]> victim) = node.Spilled(references);
        Damage(node, victim);
        ObjectLostException error = await Assert.ThrowsAsync<ObjectLostException>(() => victim.Soon());
        Assert.Contains("checksum", error.Message);
        Assert.Throws<ObjectLostException>(() => node.Ray.Get(victim));
        ObjectRef<int> dependent = node.Ray.Remote(static (byte[] a) => a.Length, victim);
        await Assert.ThrowsAsync<ObjectLostException>(() => dependent.Soon());
        for (int i = 0; i < references.Length; i++)
        {
            if (i != number)
            {
                Check(await references[i], i);
            }
        }
    }

    [Fact]
    public async Task Full_NamesWhatHoldsTheSpace()
    {
        await using SpillNode node = await StartAsync(configure: o =>
        {
            o.SpillLimitBytes = 8L * Megabyte;
            o.ObjectStoreFullTimeout = TimeSpan.FromMilliseconds(500);
        });
        List<ObjectRef<byte[]>> kept = [await MadeAsync(node.Ray)];
        ObjectStoreFullException error = await Patience.OnThread(
            () => Assert.Throws<ObjectStoreFullException>(() =>
            {
                for (int i = 0; i < 60; i++)
                {
                    kept.Add(node.Ray.Put(Bytes(i)));
                }
            }),
            "a full store");
        Assert.Equal(3 * Megabyte, error.LargestObjects[0].SizeBytes!.Value, 1000.0);
        Assert.Contains("Bytes", error.LargestObjects[0].CreatedBy);
        Assert.Contains("limit", error.Message);
        Assert.InRange(error.SpilledBytes, 1, 8L * Megabyte);
        Assert.All(kept[1..], r => Assert.Equal(Megabyte, node.Ray.Get(r).Length));
        kept.ForEach(k => k.Dispose());
        Patience.Until(() => node.Ray.Put(Bytes(1)) is not null, "there was room again");
    }

    [Fact]
    public async Task Listings_ShowWhatIsOnDisk()
    {
        await using SpillNode node = await StartAsync();
        ObjectRef<byte[]>[] references = node.PutMany();
        (_, ObjectRef<byte[]> spilled) = node.Spilled(references);
        StateList<ObjectInfo> objects = await node.Ray.State.ObjectsAsync(o => o.IsSpilled, limit: 1000);
        Assert.Contains(objects, o => o.ObjectId == spilled.Id && o.SizeBytes >= Megabyte && o.CreatedBy == "Put");
        ObjectStoreInfo store = node.Ray.Nodes()[0].ObjectStore!;
        Assert.Equal(references.Sum(r => StoredOf(r).Length), store.PrimaryBytes);
        Assert.True(store.Spills >= 64);
        Assert.True(store.SpilledBytes >= 60L * Megabyte);
        Assert.True(store.DiskOnlyBytes >= 60L * Megabyte);
        Assert.True(store.SpillBytesPerSecond > 0);
    }

    internal static void Damage(SpillNode node, ObjectRef victim)
    {
        SpillRecord record = StoredOf(victim).Record!;
        string file = node.Files.Single(f => Path.GetFileName(f) == record.File.Name);
        using FileStream open = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        open.Position = record.DataOffset + 500_000;
        int value = open.ReadByte();
        open.Position--;
        open.WriteByte((byte)~value);
    }

    private static async Task<ObjectRef<byte[]>> MadeAsync(IRay ray)
    {
        ObjectRef<byte[]> made = ray.Remote(Bytes, 5, 3 * Megabyte);
        await made.Soon();
        return made;
    }

    private static void PutAndDrop(IRay ray) => ray.Put(new byte[4 * Megabyte]);
}
