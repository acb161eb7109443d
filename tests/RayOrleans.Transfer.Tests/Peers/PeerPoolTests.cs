namespace RayOrleans.Transfer.Tests.Peers;

public sealed class PeerPoolTests
{
    private const int MB = TransferNode.MB;

    [Fact]
    public async Task Connections_Idle_AreClosedAfterTheLimit()
    {
        ManualTime time = new();
        await using TransferNode source = new();
        await using TransferNode target = new(puller: options => options.TimeProvider = time);
        source.Put(TransferNode.Id(1), TransferNode.Bytes(20 * MB));
        Assert.True((await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull")).IsPulled);
        Assert.True(Assert.Single(target.Puller.GetPeers()).Connections > 0);

        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(0, Assert.Single(target.Puller.GetPeers()).Connections);
        await Within.Until(() => source.Server.GetTotals().Connections == 0, "the server noticed");
        Assert.Equal(0, source.Server.GetTotals().Broken);
    }

    [Fact]
    public async Task Connections_ToOnePeer_AreBounded()
    {
        const int Count = 20;
        await using TransferNode source = new(256 * MB);
        await using TransferNode target = new(256 * MB, options => options.MaxConnectionsPerPeer = 2);
        for (int i = 0; i < Count; i++)
            source.Put(TransferNode.Id(i), TransferNode.Bytes(i % 4 == 0 ? 10 * MB : 1000, i));

        PullResult[] results = await Within.Reason(
            Task.WhenAll(Enumerable.Range(0, Count).Select(i => target.Puller.PullAsync(target.From(source, i)))),
            $"{Count} pulls");

        Assert.All(results, static result => Assert.True(result.IsPulled, result.Message));
        Assert.InRange(source.Server.GetTotals().Accepted, 1, 2);
    }
}
