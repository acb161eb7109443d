using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime;

/// <summary>
/// Listings of the whole cluster: what all nodes say of themselves now, and what the event table has of what has ended. Bounded in time: the list names the
/// nodes that have not answered. Thread-safe.
/// </summary>
internal sealed class ClusterListings(NodeState state, StateQuestions questions, EventReader events)
{
    /// <summary>For how long nodes and shards are waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<Listing<TaskInfo>> TasksAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        Task<EventPage> past = events.ReadAsync(EventKind.Task, NodeState.MaxRecords, limit.Token);
        (List<byte[]> answers, List<NodeId> silent) = await questions.AskAsync(StateKind.Tasks, limit.Token, cancellationToken).ConfigureAwait(false);
        EventPage page = await past.ConfigureAwait(false);
        Dictionary<(TaskId, int), (TaskInfo Info, int Rank)> found = [];
        foreach ((TaskInfo info, bool isLive) in answers.SelectMany(a => StateWire.DecodeTasks(a)).Concat(state.TasksHere()))
        {
            Take(found, (info.TaskId, info.Attempt), info, (info.NodeId == NodeId.None ? 2 : 0) + (isLive ? 0 : 1));
        }

        foreach (EventItem item in page.Items)
        {
            WireReader r = new(item.Body);
            TaskInfo info = InfoWire.ReadTask(ref r);
            Take(found, (info.TaskId, info.Attempt), info, info.NodeId == NodeId.None ? 5 : 4);
        }

        return new Listing<TaskInfo>([.. found.Values.Select(f => f.Info).OrderByDescending(Newest).Take(NodeState.MaxRecords)], silent, page.Dropped, !page.IsWhole);
    }

    public async Task<Listing<ActorInfo>> ActorsAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        Task<EventPage> past = events.ReadAsync(EventKind.Actor, NodeState.MaxRecords, limit.Token);
        (List<byte[]> answers, List<NodeId> silent) = await questions.AskAsync(StateKind.Actors, limit.Token, cancellationToken).ConfigureAwait(false);
        EventPage page = await past.ConfigureAwait(false);
        Dictionary<ActorId, (ActorInfo Info, int Rank)> found = [];
        foreach ((ActorInfo info, ActorSight sight) in answers.SelectMany(a => StateWire.DecodeActors(a)).Concat(state.ActorsHere()))
        {
            Take(found, info.ActorId, info, (int)sight);
        }

        foreach (EventItem item in page.Items.OrderByDescending(i => i.Number))
        {
            WireReader r = new(item.Body);
            ActorInfo info = InfoWire.ReadActor(ref r);

            // One that nobody knows any more, and whose last word was not its death, went with its nodes.
            bool isGone = info.State != ActorState.Dead && silent.Count == 0;
            Take(found, info.ActorId, isGone ? info with { State = ActorState.Dead, NodeId = NodeId.None, DeathReason = "the nodes that knew it died" } : info, 4);
        }

        return new Listing<ActorInfo>([.. found.Values.Select(f => f.Info).Take(NodeState.MaxRecords)], silent, page.Dropped, !page.IsWhole);
    }

    public async Task<Listing<ObjectInfo>> ObjectsAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        (List<byte[]> answers, List<NodeId> silent) = await questions.AskAsync(StateKind.Objects, limit.Token, cancellationToken).ConfigureAwait(false);
        IEnumerable<ObjectInfo> objects = state.ObjectsHere().Concat(answers.SelectMany(a => StateWire.DecodeObjects(a)))
            .GroupBy(o => o.ObjectId).Select(g => g.Aggregate(Join));
        return new Listing<ObjectInfo>([.. objects.Take(NodeState.MaxRecords)], silent, 0, false);
    }

    public async Task<Listing<PlacementGroupInfo>> PlacementGroupsAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        (List<byte[]> answers, List<NodeId> silent) = await questions.AskAsync(StateKind.PlacementGroups, limit.Token, cancellationToken).ConfigureAwait(false);
        return new Listing<PlacementGroupInfo>([.. state.GroupsHere(), .. answers.SelectMany(a => StateWire.DecodeGroups(a))], silent, 0, false);
    }

    /// <summary>The nodes that are gone, the last to go first.</summary>
    public async Task<Listing<NodeInfo>> DeadNodesAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        EventPage page = await events.ReadAsync(EventKind.Node, NodeState.MaxRecords, limit.Token).ConfigureAwait(false);
        Dictionary<UInt128, long> died = page.Items.Where(i => i.Kind == EventKind.NodeDied).GroupBy(i => i.Key.Value).ToDictionary(g => g.Key, g => BitConverter.ToInt64(g.First().Body.Span));
        Dictionary<NodeId, NodeInfo> dead = [];
        foreach (EventItem item in page.Items.Where(i => i.Kind == EventKind.Node && died.ContainsKey(i.Key.Value)))
        {
            WireReader r = new(item.Body);
            NodeInfo info = InfoWire.ReadNode(ref r);
            string at = new DateTimeOffset(died[item.Key.Value], TimeSpan.Zero).ToString("u", System.Globalization.CultureInfo.InvariantCulture);
            dead.TryAdd(info.NodeId, info with { IsAlive = false, DeathReason = $"it left the cluster or was declared dead at {at}" });
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new Listing<NodeInfo>([.. dead.Values.OrderByDescending(n => died[n.NodeId.Value])], [], page.Dropped, !page.IsWhole);
    }

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }

    private static void Take<TKey, T>(Dictionary<TKey, (T Info, int Rank)> found, TKey key, T info, int rank)
        where TKey : notnull
    {
        if (!found.TryGetValue(key, out (T Info, int Rank) known) || rank < known.Rank)
        {
            found[key] = (info, rank);
        }
    }

    private static DateTimeOffset Newest(TaskInfo info) => info.StateTimes.Count == 0 ? DateTimeOffset.MinValue : info.StateTimes.Values.Max();

    private static ObjectInfo Join(ObjectInfo a, ObjectInfo b) => a with
    {
        SizeBytes = a.SizeBytes ?? b.SizeBytes,
        IsReady = a.IsReady || b.IsReady,
        Locations = [.. a.Locations.Union(b.Locations)],
        Holds = a.Holds + b.Holds,
        Pins = a.Pins + b.Pins,
    };
}
