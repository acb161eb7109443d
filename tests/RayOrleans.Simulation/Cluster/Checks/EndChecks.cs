namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>When everything was let go, nothing may be left.</summary>
internal static class EndChecks
{
    public static void Empty(ClusterWorld world)
    {
        foreach (SimNode node in world.Nodes.Where(n => !n.HasFailed))
        {
            NodeEngine engine = node.Engine;
            string where = $"node {node.Number} has ";
            Expect(engine.LiveObjects == 0, where + $"{engine.LiveObjects} objects left: " + string.Join("; ", engine.Entries().Take(4).Select(e => Explain(world, e.Id))));
            Expect(engine.Actors.Count == 0, where + $"{engine.Actors.Count} actors left: " + string.Join("; ", engine.Actors.Take(4).Select(a => $"{a.Id} {a.State} here {a.IsHostedHere}")));
            Expect(engine.LiveBytes == 0, where + $"{engine.LiveBytes} bytes left");
            Expect(engine.ReadyTasks == 0, where + $"{engine.ReadyTasks} ready tasks left");
            Expect(engine.RunningAttempts == 0, where + $"{engine.RunningAttempts} attempts left");
            Expect(node.Machine.SharedObjects == 0, where + $"{node.Machine.SharedObjects} shared objects left");
            Expect(node.Machine.ForeignTasks == 0, where + $"{node.Machine.ForeignTasks} foreign tasks left");
            Expect(node.Machine.ForwardedTasks == 0, where + $"{node.Machine.ForwardedTasks} forwarded tasks left");
            Expect(node.Machine.Arguments == default, where + $"arguments left: {node.Machine.Arguments}");
            Expect(node.Machine.Transits == 0, where + $"{node.Machine.Transits} transits left");
            Expect(node.Resources.IsIdle, where + "resources granted");
            Expect(node.Copies.Count == 0, where + $"{node.Copies.Count} copies left: " + string.Join("; ", node.Copies.Take(4).Select(c => Explain(world, c.Blob.Id))));
        }

        foreach (SimShard shard in world.Shards)
        {
            TableShard table = shard.Machine;
            Expect(
                table.TaskCount == 0 && table.ObjectCount == 0 && table.HolderCount == 0,
                $"{shard.Name} has {table.TaskCount} tasks, {table.ObjectCount} objects, {table.HolderCount} holders left: "
                + string.Join("; ", world.Objects.Keys.Where(id => table.Lookup([id]).Count > 0).Take(4).Select(id => Explain(world, id))));
        }
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

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(otherwise);
        }
    }
}
