using System.Globalization;
using System.Text;
using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>The store's errors in the words of the API.</summary>
internal static class StoreErrors
{
    private const int Listed = 5;

    /// <summary>The exception to throw instead; null: it is not one of the store's.</summary>
    public static Exception? Translate(Exception error, NodeServices node) => error switch
    {
        StoreFullException full => Full(full, node),
        ObjectDisposedException when node.Stopped is { } why => new NodeDiedException($"The object store is closed: {why}.", error) { NodeId = node.NodeId },
        StoreRequestException { Failure: StoreFailure.Full } request => new ObjectStoreFullException(request.Message, request) { NodeId = node.NodeId },
        StoreRequestException { Failure: StoreFailure.Disconnected } request => new NodeDiedException($"The object store of node {node.NodeId} is gone: {request.Message}", request) { NodeId = node.NodeId },
        StoreRequestException request => new RayException($"The object store of node {node.NodeId}: {request.Message}", request),
        IOException => new RayException($"A spilled object cannot be read back on node {node.NodeId}: {error.Message}", error),
        _ => null,
    };

    private static ObjectStoreFullException Full(StoreFullException e, NodeServices node)
    {
        List<(ObjectEntry Entry, ObjectInfo Info)> largest = Largest(node);
        SpillTotals spill = e.Totals.Spill;
        StringBuilder message = new(e.Message);
        if (largest.Count > 0)
        {
            message.Append(" The largest objects: ").AppendJoin("; ", largest.Select(o => Describe(o.Entry, o.Info, node))).Append('.');
        }

        message.Append(CultureInfo.InvariantCulture, $" On disk: {spill.LiveBytes} bytes in {spill.LiveObjects} objects.");
        message.Append(Advice(e, spill, node));
        return new ObjectStoreFullException(message.ToString(), e)
        {
            NodeId = node.NodeId,
            RequestedBytes = e.RequestedBytes,
            CapacityBytes = e.Totals.CapacityBytes,
            UsedBytes = e.Totals.UsedBytes,
            PinnedBytes = e.Totals.PinnedBytes,
            SpilledBytes = spill.LiveBytes,
            LargestObjects = [.. largest.Select(o => o.Info)],
        };
    }

    private static string Advice(StoreFullException e, in SpillTotals spill, NodeServices node)
    {
        const string LetGo = " Let go of references that are no longer needed (Dispose, or let them be collected), or start the node with a larger ObjectStoreBytes";
        if (e.RequestedBytes > e.Totals.CapacityBytes)
        {
            return " Start the node with a larger ObjectStoreBytes, or split the value.";
        }

        if (!node.Options.Spilling)
        {
            return LetGo + ", or with Spilling.";
        }

        return spill.LastError is null
            ? LetGo + "; memory that is read in place stays pinned until its task ends or it is collected."
            : LetGo + ", or make room on the disks, or name other ones in SpillDirectories; spilling goes on by itself when it can.";
    }

    private static List<(ObjectEntry Entry, ObjectInfo Info)> Largest(NodeServices node) => node.Gate.Do(engine => engine.Entries()
        .Where(entry => entry is { Status: ObjectStatus.Available, Value: StoreValue })
        .OrderByDescending(entry => entry.Size)
        .Take(Listed)
        .Select(entry => (entry, node.State.Describe(entry)))
        .ToList());

    private static string Describe(ObjectEntry entry, ObjectInfo info, NodeServices node)
    {
        string where = info.IsSpilled ? "on disk" : "in memory";
        string pinned = info.Pins == 0 ? "" : $", pinned by {PinnedBy(entry, node)}";
        return string.Create(CultureInfo.InvariantCulture, $"{info.ObjectId} ({info.SizeBytes} bytes by {info.CreatedBy}, {where}, {info.Holds} holds{pinned})");
    }

    private static string PinnedBy(ObjectEntry entry, NodeServices node)
    {
        if (entry.Value is not StoreValue value)
        {
            return "somebody";
        }

        List<string> names = node.Gate.Do(engine => engine.Entries().OfType<TaskRecord>()
            .Where(task => task.Current?.Host is TaskScope scope && scope.Pins(value.Stored))
            .Select(task => task.Name ?? task.TaskId.ToString())
            .Take(Listed)
            .ToList());
        return names.Count > 0 ? string.Join(", ", names) : "memory that the program reads in place, or that is being written to disk";
    }
}
