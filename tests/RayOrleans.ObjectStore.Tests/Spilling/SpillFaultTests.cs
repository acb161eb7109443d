using static RayOrleans.ObjectStore.Tests.Spilling.SpillStore;

namespace RayOrleans.ObjectStore.Tests.Spilling;

public sealed class SpillFaultTests
{
    [Fact]
    public void DiskFull_TheCreatorIsTold_OthersGoOn_AndItRecovers()
    {
        using SpillStore test = new(configure: o => o.FallbackDelay = TimeSpan.FromMilliseconds(20));
        test.Faults.BytesLeft = 5 * MB + 1000;
        List<StoredObject> objects = [];
        StoreFullException error = Assert.Throws<StoreFullException>(() =>
        {
            for (int i = 0; i < 40; i++)
                objects.Add(test.Put(i, MB, TimeSpan.FromMilliseconds(300)));
        });
        Assert.Contains("No space left", error.Message);
        Assert.Contains(test.Directories[0], error.Message);
        for (int i = 0; i < objects.Count; i++)
            Read(objects[i], i, MB);
        test.Faults.BytesLeft = long.MaxValue;
        for (int i = objects.Count; i < 40; i++)
            objects.Add(test.Put(i, MB));
        for (int i = 0; i < objects.Count; i++)
            Read(objects[i], i, MB);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(256 * KB)]
    [InlineData(MB + 63)]
    [InlineData(2 * MB)]
    public void DiskFullAtAnyByte_NothingIsLost_AndNoPieceStaysBehind(int bytes)
    {
        using SpillStore test = new();
        test.Faults.BytesLeft = bytes;
        StoredObject[] objects = [.. Enumerable.Range(0, 14).Select(i => test.Put(i, MB))];
        test.Until(() => test.Totals.LastError is not null, "the write to fail");
        for (int i = 0; i < objects.Length; i++)
            Read(objects[i], i, MB);
        test.Faults.BytesLeft = long.MaxValue;
        test.Until(() => test.Totals.Spills > 0, "the spilling to go on by itself");
        foreach (StoredObject item in objects)
            item.Delete();
        test.Until(() => test.Files.Length == 0, "the files to be deleted");
    }

    [Fact]
    public void DirectoryThatFails_IsLeftOut_AndUsedAgainLater()
    {
        using SpillStore test = new(directories: 2);
        test.Faults.Break(test.Directories[0]);
        List<StoredObject> objects = [.. Enumerable.Range(0, 40).Select(i => test.Put(i, MB))];
        Assert.False(Directory.Exists(test.Directories[0]));
        test.Faults.Mend(test.Directories[0]);
        for (int i = 40; !Directory.Exists(test.Directories[0]); i++)
        {
            Assert.True(i < 2000, "The directory was never used again.");
            objects.Add(test.Put(i, MB));
            objects[i - 40].Delete();
        }
    }

    [Fact]
    public void Limit_CountsAsAFullDisk()
    {
        using SpillStore test = new(configure: o => o.MaxBytes = 5 * MB);
        List<StoredObject> objects = [];
        StoreFullException error = Assert.Throws<StoreFullException>(() =>
        {
            for (int i = 0; i < 40; i++)
                objects.Add(test.Put(i, MB, TimeSpan.FromMilliseconds(100)));
        });
        Assert.Contains("limit", error.Message);
        Assert.True(test.Totals.FileBytes <= 5 * MB);
        objects.ForEach(o => o.Delete());
        test.Put(50, 10 * MB);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(64 + (MB / 2))]
    [InlineData(64 + MB - 1)]
    public void FlippedBit_IsFound(int at)
    {
        using SpillStore test = new();
        StoredObject item = SpillingTests.Spilled(test);
        (string file, long offset) = PlaceOf(test, item);
        using (FileStream open = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            open.Position = offset + at;
            int value = open.ReadByte();
            open.Position = offset + at;
            open.WriteByte((byte)(value ^ 4));
        }

        ObjectDamagedException error = Assert.Throws<ObjectDamagedException>(() => Pin(item));
        Assert.Contains("lost", error.Message);
        Assert.Equal(StoredObjectState.Damaged, item.State);
        Assert.Throws<ObjectDamagedException>(() => Pin(item));
        Assert.Equal(1, test.Totals.Damaged);
        Assert.True(item.Delete());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(MB)]
    public void TornFile_IsFound(int length)
    {
        using SpillStore test = new();
        StoredObject item = SpillingTests.Spilled(test);
        (string file, long offset) = PlaceOf(test, item);
        using (FileStream open = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            open.SetLength(offset + length);
        Assert.Throws<ObjectDamagedException>(() => Pin(item));
    }

    [Fact]
    public void ReadThatFailsOnceOrTwice_IsTriedAgain_AndLosesNothing()
    {
        using SpillStore test = new();
        StoredObject item = SpillingTests.Spilled(test);
        test.Faults.ReadsToRefuse = 2;
        using (StorePin pin = Pin(item))
            Assert.Equal(item.Length, pin.Block.Length);
        Assert.Equal(0, test.Totals.Damaged);
    }

    [Fact]
    public void LimitThatWasReached_IsSaid_ThoughSomethingSmallerStillFitted()
    {
        using SpillStore test = new(configure: o => o.MaxBytes = 5 * MB);
        using SpillSpace space = new(test.Spill, TimeProvider.System, static () => { });
        using (SpillMapping _ = space.TryMapNew(4 * MB)!)
        {
            Assert.Null(space.LastError);
            Assert.Null(space.TryMapNew(2 * MB));
            Assert.Contains("limit", space.LastError);
            space.TryMapNew(512 * KB)!.Dispose();
            Assert.Contains("limit", space.LastError);
        }

        space.DeleteDead();
        Assert.Null(space.LastError);
        Assert.Equal(TimeSpan.Zero, space.Rest());
        space.TryMapNew(4 * MB)!.Dispose();
        space.DeleteDead();
    }

    [Fact]
    public unsafe void EmptyObject_CanBeMapped()
    {
        using SpillStore test = new();
        using SpillSpace space = new(test.Spill, TimeProvider.System, static () => { });
        StoredObject item = test.Put(0, 0);
        byte nothing = 0;
        Assert.True(space.TryWrite([new SpillItem(item, &nothing, 0)], out SpillRecord[] records));
        Assert.True(space.TryUse(records[0]));
        space.Map(records[0]).Dispose();
        space.Free(records[0], item);
        space.DeleteDead();
        Assert.Equal(0, space.Totals().FileBytes);
    }

    [Fact]
    public void MissingFile_IsFound()
    {
        using SpillStore test = new();
        StoredObject item = SpillingTests.Spilled(test);
        File.Delete(PlaceOf(test, item).File);
        Assert.Throws<ObjectDamagedException>(() => Pin(item));
    }

    [Fact]
    public void DamagedObject_DoesNotTouchItsNeighbours()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 2000).Select(i => test.Put(i, 16 * KB))];
        StoredObject victim = objects.First(o => o.State is StoredObjectState.InBoth or StoredObjectState.Spilled);
        test.Evict(victim);
        (string file, long offset) = PlaceOf(test, victim);
        using (FileStream open = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            open.Position = offset + 100;
            open.Write(new byte[50]);
        }

        Assert.Throws<ObjectDamagedException>(() => Pin(victim));
        for (int i = 0; i < objects.Length; i++)
        {
            if (objects[i] != victim)
                Read(objects[i], i, 16 * KB);
        }
    }

    [Fact]
    public void DeletedWhileItIsWritten_LeavesNothing()
    {
        using SpillStore test = new();
        using ManualResetEventSlim gate = new();
        test.Faults.WriteGate = gate;
        StoredObject[] objects = [.. Enumerable.Range(0, 14).Select(i => test.Put(i, MB))];
        test.Until(() => objects[0].State == StoredObjectState.Spilling, "the write to begin");
        using StorePin reader = objects[1].TryPin()!;
        foreach (StoredObject item in objects)
            Assert.True(item.Delete());
        Assert.Null(objects[0].TryPin());
        test.Faults.WriteGate = null;
        gate.Set();
        test.Until(() => test.Totals is { LiveBytes: 0, FileBytes: 0 } && test.Files.Length == 0, "the files to be deleted");
        Check(reader, 1, MB);
        reader.Dispose();
        test.Until(() => test.Store.UsedBytes == 0, "the memory to be free");
    }

    internal static (string File, long Offset) PlaceOf(SpillStore test, StoredObject item) =>
        (test.Files.Single(f => Path.GetFileName(f) == item.Record!.File.Name), item.Record!.Offset);
}
