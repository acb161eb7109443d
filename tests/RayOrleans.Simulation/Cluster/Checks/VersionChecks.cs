namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>One outcome per task and attempt, and one per task as long as nothing was lost.</summary>
internal static class VersionChecks
{
    /// <summary>A run has ended with that blob, and its node has taken it.</summary>
    public static void Made(ClusterWorld world, NodeBody body, SimBlob blob)
    {
        if (body.Task!.Senders.TryGetValue(blob.Version, out SimNode? owner) && owner.HasFailed)
        {
            world.Coverage.Hit("made for a dead owner");
            world.Objects[blob.Id].Orphans.TryAdd(blob.Version, body.Node);
        }

        if (!IsLeftOut(body, blob))
        {
            Seen(world, body.Node, blob);
        }
    }

    /// <summary>Whether the attempt ran for other results of its task, and this one is there already.</summary>
    private static bool IsLeftOut(NodeBody body, SimBlob blob) => body.Task!.AttemptsWithoutResult.Contains(blob.Version)
        || body.Attempt!.Task.Status == ObjectStatus.Remote
        || (body.Attempt!.Task is { Status: ObjectStatus.Available } task && (task.Value as SimBlob ?? (task.Value as SimCopy)?.Blob) is { } other && other != blob);

    /// <summary>A blob stands as an object's value on a node.</summary>
    public static void Seen(ClusterWorld world, SimNode node, SimBlob blob)
    {
        if (node.HasFailed)
        {
            return;
        }

        SimObjectInfo info = world.Objects[blob.Id];
        if (!info.Versions.TryAdd(blob.Version, blob) && info.Versions[blob.Version] != blob)
        {
            throw new ViolationException($"node {node.Number} has other bytes for attempt {blob.Version} of {blob.Id} than there were: {info.Versions[blob.Version].Instance}, {blob.Instance}");
        }

        if (info.Last == blob || info.Orphans.GetValueOrDefault(blob.Version) == node)
        {
            return;
        }

        if (info.Last is { } last && last.Version < blob.Version && world.Losses == info.LossesSeen && !info.IsFreed && !MayBeDeleted(world, last))
        {
            throw new ViolationException($"node {node.Number} has attempt {blob.Version} of {blob.Id}, of which attempt {last.Version} was accepted and never lost");
        }

        if (info.Last is null || info.Last.Version < blob.Version)
        {
            info.Last = blob;
            info.LossesSeen = world.Losses;
        }
    }

    /// <summary>A value that is large, or refers to something, and that nobody wanted any more is gone from every node; when it is wanted again, it is made again.</summary>
    private static bool MayBeDeleted(ClusterWorld world, SimBlob blob) => world.Objects[blob.Id].IsStored || blob.Size > world.InlineBytes
        ? !world.Nodes.Exists(n => !n.HasFailed && n.Copies.Any(c => c.Blob == blob))
        : blob.Contained.Length > 0 && !world.Nodes.Exists(n => !n.HasFailed && n.Engine.Entries().Any(e => ReferenceEquals(e.Value, blob)));

    /// <summary>Looks over everything that stands on a node.</summary>
    public static void Scan(ClusterWorld world, SimNode node)
    {
        foreach (ObjectEntry entry in node.Engine.Entries())
        {
            if (entry.Status == ObjectStatus.Available && (entry.Value as SimBlob ?? (entry.Value as SimCopy)?.Blob) is { } blob)
            {
                Seen(world, node, blob);
            }
        }
    }
}
