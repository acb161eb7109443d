namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Values on their way from store to store.</summary>
internal sealed class Pulls(ClusterWorld world)
{
    private const int GiveUpAfter = 400;

    private readonly HashSet<(SimNode, ObjectId)> _running = [];
    private readonly HashSet<(SimNode, ObjectId)> _forArguments = [];

    public void Start(SimNode node, ObjectEntry entry, FetchPlan plan)
    {
        if (!_running.Add((node, plan.Id)))
        {
            throw new ViolationException($"node {node.Number} pulls {plan.Id} twice at the same time");
        }

        world.Note("pulls", node.Number, plan.Version, plan.Locations.Count, plan.Id);
        ArgumentChecks.Check(world, node);
        List<NodeId> locations = [.. plan.Locations];
        if (world.Rng.Chance(world.Limits.LatePullPercent))
        {
            node.Run(world.Rng.Next(1_500), () => Try(node, entry, plan, locations));
            return;
        }

        if (plan.Reason != FetchReason.Argument || world.Limits.ArgumentBytes is null)
        {
            Try(node, entry, plan, [.. plan.Locations]);
            return;
        }

        ArgumentChecks.CheckPull(node, plan.Id);

        _forArguments.Add((node, plan.Id));
        if (world.Rng.Chance(10))
        {
            node.Run(world.Rng.Next(100), () => FindNoRoom(node, entry, plan));
        }
        else
        {
            Try(node, entry, plan, [.. plan.Locations]);
        }
    }

    /// <summary>Somebody blocks for what was pulled for a task.</summary>
    public void Raise(SimNode node, FetchPlan plan)
    {
        if (!_running.Contains((node, plan.Id)))
        {
            throw new ViolationException($"node {node.Number} hurries the pull of {plan.Id}, which is not under way");
        }

        world.Coverage.Hit("pull hurried");
        _forArguments.Remove((node, plan.Id));
    }

    /// <summary>The store has been full for so long that the pull gives up. Who blocks would be told, which here nobody expects: then it fails for another reason.</summary>
    private void FindNoRoom(SimNode node, ObjectEntry entry, FetchPlan plan)
    {
        bool isForArguments = End(node, plan);
        world.Coverage.Hit(isForArguments ? "no room for an argument" : "pull failed");
        world.Note("no room", node.Number, plan.Version, 0, plan.Id);
        node.Machine.OnFetchFailed(entry, plan.Version, isForArguments ? "the store is full" : null);
    }

    private bool End(SimNode node, FetchPlan plan)
    {
        _running.Remove((node, plan.Id));
        return _forArguments.Remove((node, plan.Id));
    }

    private void Try(SimNode node, ObjectEntry entry, FetchPlan plan, List<NodeId> left)
    {
        if (left.Count == 0)
        {
            node.Run(0, () =>
            {
                End(node, plan);
                world.Coverage.Hit("pull failed");
                world.Note("pull fails", node.Number, plan.Version, 0, plan.Id);
                node.Machine.OnFetchFailed(entry, plan.Version);
            });
            return;
        }

        int at = world.Rng.Next(left.Count);
        SimNode from = world.NodeOf(left[at]);
        left.RemoveAt(at);
        bool isDecided = false;
        void Next()
        {
            if (!isDecided)
            {
                isDecided = true;
                Try(node, entry, plan, left);
            }
        }

        node.Run(GiveUpAfter, Next);
        world.Network.Send(node, from, () =>
        {
            object? served = from.Machine.TryServe(plan.Id, plan.Version) is { } answer ? answer.Value : null;
            CheckOtherVersion(from, plan.Id, plan.Version + 1);
            world.Network.Send(from, node, () =>
            {
                if (served is null)
                {
                    world.Coverage.Hit("pull refused");
                    Next();
                }
                else if (!isDecided)
                {
                    isDecided = true;
                    Arrive(node, entry, plan, served);
                }
            });
        });
    }

    /// <summary>Whoever has heard of another version is not served this one.</summary>
    private static void CheckOtherVersion(SimNode from, ObjectId id, int version)
    {
        if (from.Machine.TryServe(id, version) is { } answer && (answer.Value as SimBlob ?? ((SimCopy)answer.Value!).Blob) is var blob && blob.Version != version)
        {
            throw new ViolationException($"node {from.Number} serves attempt {blob.Version} of {id} in place of attempt {version}");
        }
    }

    private void Arrive(SimNode node, ObjectEntry entry, FetchPlan plan, object served)
    {
        End(node, plan);
        SimBlob blob = served as SimBlob ?? ((SimCopy)served).Blob;
        if (blob.Id != plan.Id || blob.Version != plan.Version)
        {
            throw new ViolationException($"node {node.Number} asked for attempt {plan.Version} of {plan.Id} and was served attempt {blob.Version} of {blob.Id}");
        }

        world.Note("pulled", node.Number, plan.Version, blob.Instance, plan.Id);
        world.Coverage.Hit("pulled");
        SimCopy copy = node.MakeCopy(blob);
        if (!node.Machine.OnFetched(entry, plan.Version, copy, blob.Size))
        {
            world.Coverage.Hit("pulled in vain");
            node.Discard(copy);
        }
    }
}
