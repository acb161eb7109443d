using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Wire;

public sealed class SchedulerWireTests
{
    private static readonly NodeId One = new((UInt128)1);
    private static readonly NodeId Other = new((UInt128)2);

    [Fact]
    public void PlacementRequest_ComesBackWithEverythingASchedulerNeeds()
    {
        PlacementRequest request = new(
            new TaskId(3, 4), One, ResourceShape.OneCpu, Spread: true, new Dictionary<string, string> { ["zone"] = "a" }, [new ObjectId(new TaskId(5, 6), 7)], Other)
        {
            LocalBytes = 123_456_789_012,
        };

        PlacementRequest read = Assert.Single(SchedulerWire.DecodePlace(SchedulerWire.EncodePlace([request])));

        Assert.Equal(request.LocalBytes, read.LocalBytes);
        Assert.Equal((request.Task, request.From, request.Shape, request.Spread, request.Excluded), (read.Task, read.From, read.Shape, read.Spread, read.Excluded));
        Assert.Equal(request.Inputs, read.Inputs);
        Assert.Equal(request.Labels, read.Labels);
    }

    [Fact]
    public async Task Scheduler_AskedByTheNodeWithTheInputs_ChoosesIt()
    {
        SchedulerHost scheduler = new(0, 1, new TestTransport());
        ResourceShape total = new(4 * ResourceAmount.One);
        NodeLoad[] loads = [.. new[] { One, Other }.Select(n => new NodeLoad(n, 1, total, total, 0, 1000, 0, new Dictionary<string, string>()))];
        await scheduler.OnBatchAsync(SchedulerWire.EncodeHeartbeat(loads));

        for (uint i = 0; i < 50; i++)
        {
            PlacementRequest request = new(new TaskId(1, i), i % 2 == 0 ? One : Other, ResourceShape.OneCpu, Spread: false, null, [], NodeId.None) { LocalBytes = 1L << 40 };
            PlacementAnswer answer = Assert.Single(SchedulerWire.DecodeAnswers(await scheduler.OnBatchAsync(SchedulerWire.EncodePlace([request]))));
            Assert.Equal(request.From, answer.Node);
        }
    }
}
