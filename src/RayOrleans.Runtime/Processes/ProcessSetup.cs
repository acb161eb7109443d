using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>What a process is told when it has connected; with it, it gets ready for any job.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Cpus">How many CPUs its node has.</param>
/// <param name="InlineBytes">Up to how many bytes a value travels inside messages.</param>
/// <param name="StorePath">Where the node's store is.</param>
/// <param name="StoreKeys">What the keys of the process's objects begin with.</param>
internal sealed record ProcessSetup(NodeId Node, double Cpus, int InlineBytes, string StorePath, ulong StoreKeys)
{
    /// <summary>The version of the form between a node and its processes; others are refused.</summary>
    public const byte Version = 1;

    /// <summary>Whether the process is a driver.</summary>
    public bool IsDriver { get; init; }

    /// <summary>Whether it is somewhere else, and cannot map the node's store.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Of a driver: whether what it submits runs in worker processes unless it says otherwise.</summary>
    public bool RunsInWorkers { get; init; }

    /// <summary>What a process of a node is told.</summary>
    public static ProcessSetup Of(NodeServices node, ProcessAccess access, ulong storeKeys) =>
        new(node.NodeId, ResourceAmount.ToDouble(node.Engine.Resources.Total.Cpu), node.Options.InlineThresholdBytes, access.StorePath, storeKeys);

    public byte[] ToBytes()
    {
        WireWriter w = WireWriter.Borrow();
        w.RawNode(Node);
        w.Double(Cpus);
        w.Int(InlineBytes);
        w.Text(StorePath);
        w.Int((long)StoreKeys);
        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are damaged.</exception>
    public static ProcessSetup Read(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = new(bytes);
        ProcessSetup setup = new(r.RawNode(), r.Double(), r.Int(), r.RequiredText(), (ulong)r.Long());
        r.Finish();
        return setup;
    }
}
