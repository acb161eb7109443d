namespace RayOrleans.Core;

/// <summary>
/// A replica of the global scheduler (paper section 4.2.2): knows every node's load from heartbeats, and picks the node with the least
/// estimated wait: what is queued there times how long tasks run, plus the bytes it would have to pull by the bandwidth. Its own
/// placements count until the node's next heartbeat, and it takes the better of two random nodes among the best, so that replicas
/// do not herd (PROTOCOL, "Global scheduling").
/// </summary>
public sealed class GlobalScheduler(int seed)
{
    private const int TopCandidates = 4;

    private readonly Dictionary<NodeId, NodeView> _nodes = [];
    private readonly HashSet<NodeId> _dead = [];
    private ulong _random = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) | 1;

    /// <summary>The nodes it knows.</summary>
    public int NodeCount => _nodes.Count;

    /// <summary>How the next nodes stood at their last heartbeats, in the order of their ids.</summary>
    /// <param name="after">The last node of the page before; none: the first page.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<NodeLoad> Loads(NodeId after, int most) =>
        [.. _nodes.Values.Select(v => v.Load).Where(l => l.Node.Value > after.Value).OrderBy(l => l.Node.Value).Take(most)];

    /// <summary>A node told how it stands.</summary>
    public void OnHeartbeat(NodeLoad load, long now)
    {
        if (_dead.Contains(load.Node))
        {
            return;
        }

        if (!_nodes.TryGetValue(load.Node, out NodeView? view))
        {
            view = new NodeView(load, now);
            _nodes.Add(load.Node, view);
        }
        else if (load.Version > view.Load.Version)
        {
            view.Tell(load, now);
        }
    }

    /// <summary>A node has joined, or was declared dead.</summary>
    public void OnMember(NodeId node, bool isAlive)
    {
        if (!isAlive)
        {
            _dead.Add(node);
            _nodes.Remove(node);
        }
    }

    /// <summary>Where a task should run.</summary>
    /// <param name="request">The task.</param>
    /// <param name="inputBytesByNode">For each node, how many bytes of the task's inputs are there, as the object table knows.</param>
    /// <param name="now">The time.</param>
    public PlacementAnswer Place(PlacementRequest request, IReadOnlyDictionary<NodeId, long> inputBytesByNode, long now)
    {
        List<(NodeView View, double Wait)> candidates = [];
        long total = Math.Max(request.LocalBytes, inputBytesByNode.Count == 0 ? 0 : inputBytesByNode.Values.Max());
        foreach (NodeView view in _nodes.Values)
        {
            if (view.Load.Node != request.Excluded && IsFeasible(view.Load, request))
            {
                candidates.Add((view, request.Spread ? QueueOf(view, now) : WaitOf(view, now, total - BytesAt(view.Load.Node, request, inputBytesByNode))));
            }
        }

        if (candidates.Count == 0)
        {
            return request.Excluded != NodeId.None
                ? Place(request with { Excluded = NodeId.None }, inputBytesByNode, now)
                : new PlacementAnswer(request.Task, NodeId.None, WhyNone(request));
        }

        // Where nobody's store has room for the inputs, whoever gets the task says so.
        if (candidates.Exists(c => HasRoom(c.View.Load, request, inputBytesByNode)))
        {
            candidates.RemoveAll(c => !HasRoom(c.View.Load, request, inputBytesByNode));
        }

        candidates.Sort((a, b) => a.Wait != b.Wait ? a.Wait.CompareTo(b.Wait) : a.View.Load.Node.Value.CompareTo(b.View.Load.Node.Value));
        int top = Math.Min(TopCandidates, candidates.Count);
        int first = Next(top);
        int second = Next(top);
        NodeView chosen = candidates[Math.Min(first, second)].View;
        if (candidates[0].Wait * 2 < candidates[Math.Min(first, second)].Wait || request.Spread || total > 0)
        {
            // Two choices among equals, not among unequals.
            chosen = candidates[0].View;
        }

        chosen.Add(now);
        return new PlacementAnswer(request.Task, chosen.Load.Node);
    }

    private static bool IsFeasible(NodeLoad load, PlacementRequest request) =>
        new ResourceLedger(load.Total).IsFeasible(request.Shape)
        && (request.Labels is not { } labels || LabelSelector.Matches(load.Labels, labels));

    /// <summary>Whether the node's store could hold the inputs, or those that are not there yet where it spills the others.</summary>
    private static bool HasRoom(NodeLoad load, PlacementRequest request, IReadOnlyDictionary<NodeId, long> inputBytesByNode) =>
        request.InputBytes == 0 || load.StoreBytes == 0 || request.InputBytes - BytesAt(load.Node, request, inputBytesByNode) <= load.StoreBytes;

    private static double QueueOf(NodeView view, long now)
    {
        double busy = (view.Load.Total.Cpu - view.Load.Free.Cpu) / (double)ResourceAmount.One;
        return (view.QueuedAt(now) + busy) / view.Cpus;
    }

    /// <summary>What the table says, and for the node that asks what it says itself: of an object that was made just now the table may not have heard.</summary>
    private static long BytesAt(NodeId node, PlacementRequest request, IReadOnlyDictionary<NodeId, long> inputBytesByNode) =>
        Math.Max(inputBytesByNode.GetValueOrDefault(node), node == request.From ? request.LocalBytes : 0);

    private static double WaitOf(NodeView view, long now, long bytesElsewhere)
    {
        double queue = QueueOf(view, now);
        double wait = queue * Math.Max(1, view.Load.AverageTaskTicks);
        double bandwidth = view.Load.BytesPerTick > 0 ? view.Load.BytesPerTick : DefaultBytesPerTick;
        return wait + (bytesElsewhere / bandwidth);
    }

    /// <summary>Until a node has pulled something: slow enough that bytes count, in bytes per tick.</summary>
    private const double DefaultBytesPerTick = 1;

    private string WhyNone(PlacementRequest request) =>
        $"it asks for {request.Shape}" + (request.Labels is { Count: > 0 } labels ? $" with labels {string.Join(", ", labels.Select(l => $"{l.Key}: {l.Value}"))}" : "")
        + $", which none of the {_nodes.Count} nodes has";

    private int Next(int below)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (int)(_random % (ulong)below);
    }

    /// <summary>
    /// A node as it stands by its last heartbeat, by what was placed there since, and by what it has worked off since at the rate it told.
    /// Without the last, a node that gets short tasks one after the other would seem the busier the longer its heartbeat is ago, and
    /// tasks would leave the node that has their inputs.
    /// </summary>
    private sealed class NodeView(NodeLoad load, long now)
    {
        private double _queued = load.Queued;
        private long _at = now;

        public NodeLoad Load { get; private set; } = load;

        public double Cpus => Math.Max(1, Load.Total.Cpu / (double)ResourceAmount.One);

        public void Tell(NodeLoad load, long now)
        {
            Load = load;
            _queued = load.Queued;
            _at = now;
        }

        public void Add(long now)
        {
            _queued = QueuedAt(now) + 1;
            _at = now;
        }

        public double QueuedAt(long now)
        {
            double done = Load.AverageTaskTicks > 0 ? Math.Max(0, now - _at) * Cpus / Load.AverageTaskTicks : 0;
            return Math.Max(0, _queued - done);
        }
    }
}
