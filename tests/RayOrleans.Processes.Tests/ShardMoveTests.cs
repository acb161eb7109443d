using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Shards move to silos that join later, with everything they know.</summary>
[Collection("processes")]
public sealed class ShardMoveTests
{
    private const int Count = 60;
    private const int Waiting = 24;

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    public async Task Shards_WhenSilosJoin_MoveToThemAndLoseNothing(string backEnd)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rayorleans-move-");
        try
        {
            await using Silos silos = new();
            WorkProcess first = silos.Add(await WorkProcess.NodeAsync("the first silo", "", backEnd == "file" ? $"file:{folder.FullName}" : backEnd));
            WorkProcess driver = silos.Add(await WorkProcess.DriverAsync(first.Address));
            Assert.Equal("0", await driver.DoAsync($"keep {Count}"));
            ShardPlace[] before = ShardPlace.Parse(await first.DoAsync("shards"));
            Assert.All(before, s => Assert.Equal(first.NodeId, s.NodeId));
            await driver.DoAsync("begin");
            Assert.Equal($"{Waiting}", await driver.DoAsync($"wait {Waiting}"));

            WorkProcess[] joined = await Task.WhenAll(WorkProcess.NodeAsync("the second silo", first.Address, ""), WorkProcess.NodeAsync("the third silo", first.Address, ""));
            Array.ForEach(joined, j => silos.Add(j));
            ShardPlace[] after = await SpreadAsync(first, [first, .. joined]);

            Assert.All(before.Zip(after), pair => Assert.True(pair.First.NodeId == pair.Second.NodeId ? pair.First == pair.Second : pair.Second.Epoch > pair.First.Epoch, $"{pair.First} became {pair.Second}"));
            // Those who had asked the shards to be told were told by their next activations.
            Assert.Equal($"{Waiting}", await driver.DoAsync("go"));
            Assert.True(int.Parse(await driver.DoAsync("end"), System.Globalization.CultureInfo.InvariantCulture) > 0);
            Assert.Equal($"{Count} keys, {Count} objects, the actor", await driver.DoAsync("kept"));

            // One that leaves in good order hands over too.
            joined[1].Leave();
            Assert.Equal(0, await joined[1].ExitCodeAsync("the third silo to leave"));
            Assert.Equal($"{Count} keys, {Count} objects, the actor", await driver.DoAsync("kept"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Shards_InMemory_OutliveTheirSilo()
    {
        await using Silos silos = new();
        WorkProcess first = silos.Add(await WorkProcess.NodeAsync("the first silo", "", "memory"));
        WorkProcess[] others = await Task.WhenAll(
            WorkProcess.NodeAsync("the second silo", first.Address, ""), WorkProcess.NodeAsync("the third silo", first.Address, ""), WorkProcess.DriverAsync(first.Address));
        Array.ForEach(others, o => silos.Add(o));
        (WorkProcess second, WorkProcess third, WorkProcess driver) = (others[0], others[1], others[2]);
        await SpreadAsync(first, [first, second, third]);
        await driver.DoAsync($"last {Count}");

        // What this one's shards were told lies on another silo as well, and nobody else knows the keys.
        second.Kill();
        Assert.StartsWith($"{Count} keys", await driver.DoAsync($"lasting {Count}"), StringComparison.Ordinal);
    }

    /// <summary>What they had before they moved, and were not told again, and what they were told since; they have just come.</summary>
    [Fact]
    public async Task Shards_InMemory_ThatHaveJustMoved_OutliveTheirSilo()
    {
        await using Silos silos = new();
        WorkProcess first = silos.Add(await WorkProcess.NodeAsync("the first silo", "", "memory"));
        WorkProcess driver = silos.Add(await WorkProcess.DriverAsync(first.Address));
        await driver.DoAsync($"last {Count}");
        WorkProcess[] joined = await Task.WhenAll(WorkProcess.NodeAsync("the second silo", first.Address, ""), WorkProcess.NodeAsync("the third silo", first.Address, ""));
        Array.ForEach(joined, j => silos.Add(j));
        await SpreadAsync(first, [first, .. joined]);
        await driver.DoAsync($"more {Count} 6");

        joined[0].Kill();
        Assert.StartsWith($"{Count + 6} keys", await driver.DoAsync($"lasting {Count + 6}"), StringComparison.Ordinal);
    }

    /// <summary>Waits until every silo has its share of the shards.</summary>
    private static async Task<ShardPlace[]> SpreadAsync(WorkProcess asked, WorkProcess[] silos)
    {
        using CancellationTokenSource limit = new(ChildProcess.Patience);
        while (true)
        {
            // A shard that moves just now may not answer in time.
            string answer = await asked.TryAsync("shards");
            ShardPlace[] places = answer.StartsWith("ok", StringComparison.Ordinal) ? ShardPlace.Parse(answer[2..].Trim()) : [];
            if (places.Length > 0 && silos.All(s => places.Count(p => p.NodeId == s.NodeId) >= places.Length / silos.Length))
            {
                return places;
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Shards stay where they are: {answer}\n{string.Join('\n', silos.Select(s => $"--- {s.Name} {s.NodeId}\n{s.Errors.All}"))}");
            }

            await Task.Delay(200);
        }
    }
}
