using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>What a node keeps for jobs: nothing, once all of them have ended and nobody refers to their objects.</summary>
internal static class NodeHoldings
{
    /// <summary>Amounts by name; what is zero is left out.</summary>
    /// <param name="node">The node.</param>
    /// <param name="collectGarbage">Whether what is only kept by garbage of this process is dropped first.</param>
    public static IReadOnlyDictionary<string, double> Of(NodeServices node, bool collectGarbage)
    {
        if (collectGarbage)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Dictionary<string, double> held = [];
        node.Gate.Do(engine => AddOf(held, engine));
        Add(held, "store bytes", node.Store.UsedBytes);
        return held;
    }

    public static void Add(Dictionary<string, double> held, string what, double amount)
    {
        if (amount != 0)
        {
            held[what] = amount;
        }
    }

    private static void AddOf(Dictionary<string, double> held, NodeEngine engine)
    {
        Add(held, "live objects", engine.LiveObjects);
        Add(held, "running", engine.RunningAttempts);
        Add(held, "ready", engine.ReadyTasks);
        Add(held, "actors", engine.Actors.Count);
        if (engine.Cluster is { } cluster)
        {
            Add(held, "shared objects", cluster.SharedObjects);
            Add(held, "foreign tasks", cluster.ForeignTasks);
            Add(held, "forwarded tasks", cluster.ForwardedTasks);
            Add(held, "transits", cluster.Transits);
        }

        IReadOnlyDictionary<string, double> free = engine.Resources.Free();
        foreach ((string name, double total) in engine.Resources.Total.ToDictionary())
        {
            Add(held, $"{name} taken", total - free.GetValueOrDefault(name));
        }
    }
}
