namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>When everything was let go, nothing may be left.</summary>
internal static class EndChecks
{
    /// <summary>What is left; null: nothing.</summary>
    public static string? WhatIsLeft(ClusterWorld world) =>
        world.Nodes.Where(n => !n.HasFailed).Select(n => OnNode(world, n)).Concat(world.Shards.Select(s => InShard(world, s))).FirstOrDefault(left => left is not null);

    private static string? OnNode(ClusterWorld world, SimNode node)
    {
        NodeEngine engine = node.Engine;
        string? left =
            engine.LiveObjects > 0 ? $"{engine.LiveObjects} objects left: " + string.Join("; ", engine.Entries().Take(4).Select(e => Explain(world, e.Id)))
            : engine.Actors.Count > 0 ? $"{engine.Actors.Count} actors left: " + string.Join("; ", engine.Actors.Take(4).Select(a => $"{a.Id} {a.State} here {a.IsHostedHere}"))
            : node.Copies.Count > 0 ? $"{node.Copies.Count} copies left: " + string.Join("; ", node.Copies.Take(4).Select(c => Explain(world, c.Blob.Id)))
            : engine.LiveObjects != 0 ? $"{engine.LiveObjects} objects left"
            : engine.LiveBytes != 0 ? $"{engine.LiveBytes} bytes left"
            : engine.ReadyTasks != 0 ? $"{engine.ReadyTasks} ready tasks left"
            : engine.RunningAttempts != 0 ? $"{engine.RunningAttempts} attempts left"
            : node.Machine.SharedObjects != 0 ? $"{node.Machine.SharedObjects} shared objects left"
            : node.Machine.ForeignTasks != 0 ? $"{node.Machine.ForeignTasks} foreign tasks left"
            : node.Machine.ForwardedTasks != 0 ? $"{node.Machine.ForwardedTasks} forwarded tasks left"
            : node.Machine.Transits != 0 ? $"{node.Machine.Transits} transits left"
            : node.Resources.IsIdle ? null : "resources granted";
        return left is null ? null : $"node {node.Number} has {left}";
    }

    private static string? InShard(ClusterWorld world, SimShard shard)
    {
        TableShard table = shard.Machine;
        if (shard.SpecsAside != 0 || table.StoredSpecs != 0 || table.LineageBytes != 0)
        {
            return $"{shard.Name} has put {shard.SpecsAside} specs aside, counts {table.StoredSpecs} and {table.LineageBytes} bytes in memory";
        }

        return table.TaskCount == 0 && table.ObjectCount == 0 && table.HolderCount == 0
            ? null
            : $"{shard.Name} has {table.TaskCount} tasks, {table.ObjectCount} objects, {table.HolderCount} holders left: "
                + string.Join("; ", world.Objects.Keys.Where(id => table.Lookup([id]).Count > 0).Take(4).Select(id => Explain(world, id)));
    }

    /// <summary>What every part of the cluster thinks of an object.</summary>
    public static string Explain(ClusterWorld world, ObjectId id)
    {
        List<string> parts = [];
        foreach (SimNode node in world.Nodes)
        {
            if (node.Engine.Entries().FirstOrDefault(e => e.Id == id) is { } entry)
            {
                string state = entry is TaskRecord task ? $" {task.State} attempt {task.AttemptNumber}" : "";
                parts.Add($"node {node.Number}{(node.HasFailed ? " (failed)" : "")}: {entry.Status} v{entry.Version} holds {entry.Holds} uses {entry.Uses}{state}");
            }
        }

        foreach (SimShard shard in world.Shards)
        {
            if (shard.Machine.Lookup([id]) is [var row])
            {
                parts.Add($"{shard.Name}: at [{string.Join(", ", row.Locations.Select(l => world.NodeOf(l).Number))}]");
            }
        }

        return $"{id} ({string.Join(" | ", parts)})";
    }
}
