namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Values on their way from store to store.</summary>
internal sealed class Pulls(ClusterWorld world)
{
    private const int GiveUpAfter = 400;

    private readonly HashSet<(SimNode, ObjectId)> _running = [];

    public void Start(SimNode node, ObjectEntry entry, FetchPlan plan)
    {
        if (!_running.Add((node, plan.Id)))
        {
            throw new ViolationException($"node {node.Number} pulls {plan.Id} twice at the same time");
        }

        world.Note("pulls", node.Number, plan.Version, plan.Locations.Count, plan.Id);
        Try(node, entry, plan, [.. plan.Locations]);
    }

    private void Try(SimNode node, ObjectEntry entry, FetchPlan plan, List<NodeId> left)
    {
        if (left.Count == 0)
        {
            node.Run(0, () =>
            {
                _running.Remove((node, plan.Id));
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

    private void Arrive(SimNode node, ObjectEntry entry, FetchPlan plan, object served)
    {
        _running.Remove((node, plan.Id));
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
