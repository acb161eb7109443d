using static RayOrleans.ObjectStore.Tests.Spilling.SpillStore;

namespace RayOrleans.ObjectStore.Tests.Spilling;

public sealed class SpillModelTests
{
    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("RAY_SPILL_SEEDS"), out int seeds) ? seeds : 4;

    [Fact]
    public void RandomUse_KeepsEveryByte()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            try
            {
                Run(seed);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"RandomUse seed {seed} failed: {error.Message}", error);
            }
        }
    }

    private static void Run(int seed)
    {
        using SpillStore test = new(8 * MB, directories: 1 + (seed % 3), configure: o =>
        {
            o.FallbackDelay = TimeSpan.FromMilliseconds(3);
            o.FileBytes = 256 * KB;
            o.Threshold = seed % 2 == 0 ? 0.6 : 1;
            o.BackOff = TimeSpan.FromMilliseconds(2);
        });
        List<Exception> errors = [];
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(t => new Thread(() =>
        {
            try
            {
                Use(test, (seed * 10) + t);
            }
            catch (Exception error)
            {
                lock (errors)
                    errors.Add(error);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.True(thread.Join(TimeSpan.FromMinutes(3)), $"A thread hangs: {test.Store.GetTotals()}");
        Assert.Empty(errors);
        test.Until(
            () => test.Totals is { LiveBytes: 0, DiskOnlyBytes: 0, DiskOnlyObjects: 0, FileBytes: 0, MappedBytes: 0, MemoryOnlyBytes: 0, EvictableBytes: 0 }
                && test.Files.Length == 0 && test.Store.GetTotals() is var all && all.UsedBytes == all.QuarantinedBytes && all.PinnedBytes == 0,
            "nothing to be left");
        Assert.Equal(0, test.Totals.Damaged);
    }

    private static void Use(SpillStore test, int seed)
    {
        Random random = new(seed);
        Dictionary<int, (StoredObject Object, int Length)> model = [];
        List<(StorePin Pin, int Number, int Length)> pins = [];
        int next = seed * 100_000;
        for (int step = 0; step < 700; step++)
        {
            int choice = random.Next(100);
            if (choice < 35 && model.Values.Sum(m => (long)m.Length) < 8L * MB)
            {
                int length = random.Next(4) == 0 ? random.Next(MB) : random.Next(40 * KB);
                model[next] = (test.Put(next, length), length);
                next++;
            }
            else if (choice < 80 && model.Count > 0)
            {
                (int number, (StoredObject item, int length)) = model.ElementAt(random.Next(model.Count));
                StorePin pin = Within(item.PinAsync(withoutPressure: random.Next(5) == 0).AsTask(), "a pin");
                Check(pin, number, length);
                if (random.Next(6) == 0 && pins.Count < 6)
                    pins.Add((pin, number, length));
                else
                    pin.Dispose();
            }
            else if (choice < 88 && pins.Count > 0)
            {
                int at = random.Next(pins.Count);
                Check(pins[at].Pin, pins[at].Number, pins[at].Length);
                pins[at].Pin.Dispose();
                pins.RemoveAt(at);
            }
            else if (choice < 98 && model.Count > 0)
            {
                int number = model.ElementAt(random.Next(model.Count)).Key;
                Assert.True(model[number].Object.Delete());
                model.Remove(number);
            }
            else if (choice == 98)
            {
                // The disk is full for a moment.
                test.Faults.BytesLeft = random.Next(MB);
                Thread.Yield();
                test.Faults.BytesLeft = long.MaxValue;
            }
        }

        foreach ((StorePin pin, int number, int length) in pins)
        {
            Check(pin, number, length);
            pin.Dispose();
        }

        foreach ((int number, (StoredObject item, int length)) in model)
        {
            Read(item, number, length);
            Assert.True(item.Delete());
        }
    }
}
