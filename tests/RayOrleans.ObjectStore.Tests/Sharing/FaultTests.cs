using System.Globalization;
using RayOrleans.ObjectStore.TestProcess;
using RayOrleans.ObjectStore.Tests.Spilling;

namespace RayOrleans.ObjectStore.Tests.Sharing;

/// <summary>
/// Processes that put, create, read, hold and forget objects of one store, and are killed at any moment. A few seeds here;
/// <c>RAY_STORE_FAULT_SEEDS=10-200</c> runs those instead.
/// </summary>
public sealed class FaultTests
{
    private const int Children = 3;
    private const int Kills = 4;
    private const int Numbers = 120;
    private const long Capacity = 24 << 20;
    private const long SpillingCapacity = 6 << 20;

    public static TheoryData<int, bool> Seeds()
    {
        int[] ends = Environment.GetEnvironmentVariable("RAY_STORE_FAULT_SEEDS") is { Length: > 0 } range
            ? [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))]
            : [1, 3];
        TheoryData<int, bool> seeds = [];
        for (int seed = ends[0]; seed <= ends[^1]; seed++)
        {
            seeds.Add(seed, false);
            seeds.Add(seed, true);
        }

        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Kill_OfClientsAtAnyMoment_LosesNothingAndLeavesNothing(int seed, bool spills)
    {
        using TestNode node = new(spills ? SpillingCapacity : Capacity, options =>
        {
            if (spills)
                options.Spill = TestNode.SpillTo(options, new FaultyFiles());
            options.QuarantineTime = TimeSpan.FromMilliseconds(20);
            options.FullTimeout = TimeSpan.FromMilliseconds(50);
        });
        Random random = new(seed);
        List<ChildProcess> children = [];
        try
        {
            for (int i = 0; i < Children; i++)
                children.Add(new ChildProcess("random", node.Server.SocketPath, $"{random.Next()}"));
            children.ForEach(child => child.Ready());
            for (int kill = 0; kill < Kills; kill++)
            {
                Read(node, random, TimeSpan.FromMilliseconds(random.Next(400)));
                int victim = random.Next(Children);
                Assert.False(children[victim].HasExited, $"seed {seed}: {children[victim].Said}");
                children[victim].Kill();
                children[victim].Dispose();
                children[victim] = new ChildProcess("random", node.Server.SocketPath, $"{random.Next()}");
            }

            children.ForEach(child => child.Ready());
            if (spills)
            {
                // On a machine with much else to do they may not have got so far.
                TestNode.Eventually(
                    () =>
                    {
                        Read(node, random, TimeSpan.FromMilliseconds(20));
                        return node.Store.GetTotals().Spill.Restores > 0;
                    },
                    () => $"a restore, seed {seed}; there is {node.Store.GetTotals()}");
            }

            children.ForEach(child => child.CloseInput());

            foreach (ChildProcess child in children)
                Assert.True(child.ExitCode() == 0, $"seed {seed}: {child.Said}");
        }
        finally
        {
            children.ForEach(child => child.Dispose());
        }

        TestNode.Eventually(() => node.Server.GetTotals().Clients == 0, () => $"the clients' ends, seed {seed}; there is {node.Server.GetTotals()}");
        ReadAllAndDelete(node);
        node.ExpectNothingLeft();
        StoreServerTotals totals = node.Server.GetTotals();
        Assert.Equal((0L, 0L), (totals.InlineObjects + totals.ArenaObjects, totals.InlineBytes + totals.ArenaObjectBytes));
        Assert.NotNull(node.Store.TryCreate(node.Store.CapacityBytes));
        if (spills)
            TestNode.Eventually(() => node.Store.GetTotals().Spill is { LiveBytes: 0, FileBytes: 0, MappedBytes: 0 }, () => $"empty disks, seed {seed}; there is {node.Store.GetTotals()}");

        Assert.Empty(node.Failures);
    }

    /// <summary>A client of this process, which is not killed, sees only whole values.</summary>
    private static void Read(TestNode node, Random random, TimeSpan time)
    {
        using StoreClient client = StoreClient.Connect(node.Server.SocketPath);
        long end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        do
        {
            int number = random.Next(Numbers);
            if (TryGet(client, Marked.Key(number)) is { } value)
            {
                using (value)
                    Marked.Check(number, value.GetSpan(0, (int)value.Length));
            }
        }
        while (Environment.TickCount64 < end);
    }

    /// <summary>In place; a small object needs room in the store for that, and is read as a copy where there is none. So does one on disk, which then is not read.</summary>
    private static SharedObject? TryGet(StoreClient client, StoreKey key)
    {
        foreach (bool inPlace in (bool[])[true, false])
        {
            try
            {
                return client.TryGet(key, inPlace);
            }
            catch (StoreRequestException e) when (e.Failure == StoreFailure.Full)
            {
                // The children hold what there is.
            }
        }

        return null;
    }

    private static void ReadAllAndDelete(TestNode node)
    {
        using StoreClient client = StoreClient.Connect(node.Server.SocketPath);
        for (int number = 0; number < Numbers; number++)
        {
            if (client.TryGet(Marked.Key(number)) is { } value)
            {
                using (value)
                    Marked.Check(number, value.GetSpan(0, (int)value.Length));
                Assert.True(client.Delete(Marked.Key(number)));
            }
        }
    }
}
