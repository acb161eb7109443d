using static RayOrleans.ObjectStore.Tests.Spilling.SpillStore;

namespace RayOrleans.ObjectStore.Tests.Spilling;

/// <summary>Files that are mostly dead and hold an object that cannot be moved.</summary>
public sealed class CompactionTests
{
    private const int Length = 16 * KB;
    private const int Waste = 2 * 2 * MB;

    [Fact]
    public void RecordThatCannotBeRead_StopsOnlyItsOwnFile()
    {
        using SpillStore test = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 4000).Select(i => test.Put(i, Length))];
        StoredObject victim = objects.First(o => o.State == StoredObjectState.Spilled);
        (string path, long offset) = SpillFaultTests.PlaceOf(test, victim);
        using (FileStream open = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            open.Position = offset + 100;
            open.Write(new byte[50]);
        }

        // Its file is the deadest of all, and so the first to be emptied.
        SpilledFile file = victim.Record!.File;
        foreach (StoredObject item in objects)
        {
            if (item != victim && item.Record?.File == file)
                item.Delete();
        }

        for (int i = 0; i < objects.Length; i++)
        {
            if (i % 10 != 0 && objects[i] != victim)
                objects[i].Delete();
        }

        test.Until(() => test.Totals is var t && t.FileBytes - file.FileBytes <= (2 * t.LiveBytes) + Waste + (2 * MB) + (t.LiveObjects * 64), "the other files to be emptied");
        for (int i = 0; i < objects.Length; i += 10)
        {
            if (objects[i].State != StoredObjectState.Deleted && objects[i] != victim)
                Read(objects[i], i, Length);
        }

        Assert.Equal(0, test.Totals.Damaged);
        Assert.Throws<ObjectDamagedException>(() => Pin(victim));
        test.Until(() => !File.Exists(path), "the file to be deleted");
    }

    [Fact]
    public void ObjectsThatAreReadBack_AreWaitedFor()
    {
        using SpillStore test = new();
        using ManualResetEventSlim gate = new();
        StoredObject[] objects = [.. Enumerable.Range(0, 4000).Select(i => test.Put(i, Length))];
        test.Until(() => !test.Store.Spilling!.Spiller.IsAtWork, "the writing to end");
        StoredObject[] last = [.. objects.Where(o => o.State == StoredObjectState.Spilled).DistinctBy(o => o.Record!.File).Take(4)];
        Assert.Equal(4, last.Length);
        test.Faults.GatesOnlyRestores = true;
        test.Faults.ReadGate = gate;
        Task<StorePin>[] readers = [.. last.Select(o => o.PinAsync().AsTask())];
        Assert.All(last, o => Assert.Equal(StoredObjectState.Restoring, o.State));
        foreach (StoredObject item in objects.Except(last))
            item.Delete();

        // Most of the four files is dead, and nothing can be done about it now: nobody goes round and round meanwhile.
        try
        {
            test.Until(() => test.Files.Length == 4, "the other files to be deleted");
            test.Until(() => !test.Store.Spilling!.Spiller.IsAtWork, "the writers to sleep");
        }
        finally
        {
            test.Faults.ReadGate = null;
            gate.Set();
        }

        for (int i = 0; i < readers.Length; i++)
        {
            using StorePin pin = Within(readers[i], "a restore");
            Check(pin, Array.IndexOf(objects, last[i]), Length);
        }

        test.Until(() => test.Files.Length <= 2, "the files to be emptied");
    }
}
