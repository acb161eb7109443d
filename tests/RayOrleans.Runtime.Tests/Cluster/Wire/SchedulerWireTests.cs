using System.Reflection;
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

    [Theory]
    [InlineData(10)]
    [InlineData(StoreInfoWire.MaxErrorLength)]
    public void Heartbeat_ComesBackWithEverythingAboutTheStore(int errorLength)
    {
        ObjectStoreInfo store = new();
        int next = 1;
        foreach (PropertyInfo property in typeof(ObjectStoreInfo).GetProperties().Where(p => p.CanWrite))
        {
            property.SetValue(store, property.PropertyType == typeof(string) ? new string('e', errorLength) : Convert.ChangeType(next++, property.PropertyType, null));
        }

        Assert.True(next > 18, $"only {next} numbers were made");
        NodeLoad load = new(One, 1, ResourceShape.OneCpu, ResourceShape.OneCpu, 0, 1, 1, new Dictionary<string, string>()) { Store = store };
        Assert.Equal(store, Assert.Single(SchedulerWire.DecodeHeartbeat(SchedulerWire.EncodeHeartbeat([load]))).Store);
        Assert.Null(Assert.Single(SchedulerWire.DecodeHeartbeat(SchedulerWire.EncodeHeartbeat([load with { Store = null }]))).Store);
    }

    [Fact]
    public void Heartbeat_WithALongError_IsCut()
    {
        NodeLoad load = new(One, 1, ResourceShape.OneCpu, ResourceShape.OneCpu, 0, 1, 1, new Dictionary<string, string>())
        {
            Store = new ObjectStoreInfo { SpillError = new string('e', StoreInfoWire.MaxErrorLength + 1) },
        };
        string error = Assert.Single(SchedulerWire.DecodeHeartbeat(SchedulerWire.EncodeHeartbeat([load]))).Store!.SpillError!;
        Assert.Equal((StoreInfoWire.MaxErrorLength, '…'), (error.Length, error[^1]));
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
