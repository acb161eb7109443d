namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>The replicas of the global scheduler, and how nodes reach them.</summary>
internal sealed class Schedulers(ClusterWorld world)
{
    private const int AnswerWithin = 300;

    public List<SimScheduler> Replicas { get; } = [];

    public void Add(int number)
    {
        SimScheduler replica = new(world, number, world.Rng.Next(1_000_000)) { Number = 200 + number };
        Replicas.Add(replica);
        world.Hosts.Add(replica);
        world.Membership.Introduce(replica);
    }

    /// <summary>A replica disappears; another one, which knows nothing yet, takes its place.</summary>
    public void Replace(int at)
    {
        SimScheduler old = Replicas[at];
        old.Crash();
        Replicas.RemoveAt(at);
        Add(old.Number - 200);
        world.Coverage.Hit("scheduler replaced");
    }

    public void OnHeartbeat(SimNode node, NodeLoad load)
    {
        foreach (SimScheduler replica in Replicas)
        {
            world.Network.Send(node, replica, () => replica.Machine.OnHeartbeat(load, world.Now), isBackground: true);
        }
    }

    /// <summary>A node asks one of them where a task should run, and waits for the answer only so long.</summary>
    public void Ask(SimNode node, PlacementRequest request)
    {
        bool isAnswered = false;
        void Answer(PlacementAnswer? answer)
        {
            if (!isAnswered)
            {
                isAnswered = true;
                world.Note("is told a place", node.Number, answer is null ? 1 : 0, 0, request.Task);
                world.Coverage.Hit(answer is null ? "no scheduler answered" : answer.Node == node.Id ? "placed here" : "placed elsewhere");
                node.Machine.OnPlaced(request, answer);
            }
        }

        SimScheduler replica = world.Rng.Pick(Replicas);
        world.Network.Send(node, replica, () =>
        {
            PlacementAnswer answer = world.Rng.Chance(world.Limits.WrongPlacePercent)
                ? new PlacementAnswer(request.Task, world.Rng.Pick([.. world.Nodes.Where(n => n != node)]).Id)
                : replica.Machine.Place(request, BytesOf(request), world.Now);
            world.Network.Send(replica, node, () => Answer(answer));
        });
        node.Run(AnswerWithin, () => Answer(null));
    }

    private Dictionary<NodeId, long> BytesOf(PlacementRequest request)
    {
        Dictionary<NodeId, long> bytes = [];
        foreach (ObjectId id in request.Inputs)
        {
            foreach (SimShard shard in world.Shards.Where(s => !s.IsCrashed && s.FrozenUntil <= world.Now))
            {
                foreach ((_, long size, IReadOnlyList<NodeId> locations) in shard.Machine.Lookup([id]))
                {
                    foreach (NodeId node in locations)
                    {
                        bytes[node] = bytes.GetValueOrDefault(node) + size;
                    }
                }
            }
        }

        return bytes;
    }
}
