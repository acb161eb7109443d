using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Tests.Wire;

public sealed class TermsWireTests
{
    private static readonly ValueSerializer Serializer = new();

    [Fact]
    public void DefaultOptions_ThereAndBack_AreTheSharedOnes()
    {
        TaskTerms copy = ThereAndBack(new TaskTerms(TaskOptions.Default, null, "Program.F"), Serializer);
        Assert.Same(TaskOptions.Default, copy.Options);
        Assert.Equal("Program.F", copy.FunctionName);
        Assert.Null(copy.Name);
    }

    [Fact]
    public async Task EveryOption_ThereAndBack_IsTheSame()
    {
        await using IRay ray = await Nodes.StartAsync();
        NodeServices node = ray.Services();
        RemoteOptions options = Ray.Options(
            numCpus: 0.5, numGpus: 2, memory: 1L << 40, resources: new Dictionary<string, double> { ["b"] = 0.0001, ["ä"] = 3 }, maxRetries: -1,
            retryExceptions: [typeof(IOException), typeof(Trouble)], name: "n", schedulingStrategy: SchedulingStrategy.Spread,
            labelSelector: new Dictionary<string, string> { ["zone"] = "!in(a,b)" }, failIfUnschedulable: true);
        TaskOptions sent = node.OptionsTable.ForTask(node, options);
        var copy = Assert.IsType<RetryTaskOptions>(ThereAndBack(new TaskTerms(sent, "n", "f"), Serializer).Options);
        Assert.Equal(sent.Shape, copy.Shape);
        Assert.Equal(-1, copy.MaxRetries);
        Assert.Equal(options.RetryExceptions, copy.Retry);
        Assert.Equal(options.LabelSelector, copy.LabelSelector!);
        Assert.Equal(SchedulingStrategy.Spread, copy.Strategy);
        Assert.True(copy.FailIfUnschedulable);
        var passing = Assert.IsType<RetryTaskOptions>(ThereAndBack(new TaskTerms(sent, null, null), null).Options);
        Assert.True(passing.Retry.IsNone);
        Assert.True(passing.Retries(new FileNotFoundException(), Serializer));
        Assert.True(passing.Retries(new Trouble(), Serializer));
        Assert.False(passing.Retries(new TimeoutException(), Serializer));
        Assert.False((passing with { PackedRetry = [[1, 2, 3]] }).Retries(new Trouble(), Serializer));
        Assert.Equal(options.RetryExceptions, ((RetryTaskOptions)ThereAndBack(new TaskTerms(passing, null, null), Serializer).Options).Retry);
    }

    [Fact]
    public void EveryStrategy_ThereAndBack_IsTheSame()
    {
        foreach (SchedulingStrategy strategy in (SchedulingStrategy[])
        [
            SchedulingStrategy.Default, SchedulingStrategy.Spread, new NodeAffinityStrategy(new NodeId(5)), new NodeAffinityStrategy(new NodeId(6), soft: true),
            new PlacementGroupStrategy(new PlacementGroupId(new TaskId(1, 2))), new PlacementGroupStrategy(new PlacementGroupId(new TaskId(1, 2)), 3),
        ])
        {
            Assert.Equal(strategy, (ThereAndBack(new TaskTerms(new RetryTaskOptions { Strategy = strategy, MaxRetries = int.MaxValue, Retry = true }, null, null), null).Options as RetryTaskOptions)!.Strategy);
        }
    }

    [Fact]
    public void DamagedTerms_AreRefusedOrOtherTerms_AndNothingElse()
    {
        RetryTaskOptions options = new()
        {
            Shape = new ResourceShape(5000, 10_000, 77, new Dictionary<string, long> { ["x"] = 3 }),
            Retry = [typeof(IOException)],
            LabelSelector = new Dictionary<string, string> { ["zone"] = "a" },
            Strategy = new NodeAffinityStrategy(new NodeId(5)),
            MaxRetries = 9,
        };
        ArrayBufferWriter<byte> output = new();
        TaskTermsWire.Write(output, new TaskTerms(options, "name", "function"));
        byte[] bytes = output.WrittenSpan.ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int other = 0; other < 256; other++)
            {
                byte[] damaged = [.. bytes];
                damaged[i] = (byte)other;
                Exception? error = Record.Exception(() => Read(damaged, Serializer));
                Assert.True(error is null or RaySerializationException, $"byte {i} = {other}: {error}");
            }

            Assert.Throws<RaySerializationException>(() => Read(bytes[..i], Serializer));
        }
    }

    private static TaskTerms ThereAndBack(TaskTerms terms, ValueSerializer? serializer)
    {
        ArrayBufferWriter<byte> output = new();
        TaskTermsWire.Write(output, terms);
        return Read(output.WrittenSpan.ToArray(), serializer);
    }

    private static TaskTerms Read(byte[] bytes, ValueSerializer? serializer)
    {
        WireReader reader = new(bytes);
        TaskTerms terms = TaskTermsWire.Read(ref reader, serializer);
        reader.Finish();
        return terms;
    }

    private sealed class Trouble : Exception;
}
