using System.Collections.Concurrent;
using System.Net;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Links;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>
/// A node's side of its cluster: carries the engine's messages, membership, placement requests and pulls between the engine and the transport.
/// It decides nothing.
/// </summary>
internal sealed class NodeCluster : IClusterParty, ILinkSource, IAsyncDisposable
{
    /// <summary>How often a batch must have failed in a row to be spoken of: a shard that moves, and a silo whose death is not known yet, come back earlier.</summary>
    private const int FailuresToTell = 20;

    /// <summary>And then every so many: about half a minute apart.</summary>
    private const int FailuresBetween = 150;

    private readonly NodeServices _node;
    private readonly LinkDrainer _drainer;
    private readonly BatchCodec _codec;
    private readonly SchedulerClient _schedulers;
    private readonly PlacementQueue _placements;
    private readonly StateAnswers _answers;
    private readonly ConcurrentDictionary<NodeId, ClusterMember> _members = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _heartbeats;
    private volatile bool _isStopped;

    public NodeCluster(NodeServices node, IClusterTransport transport, DataPortPlace data)
    {
        _node = node;
        Transport = transport;
        Keys = new KeyClient(transport, TimeProvider.System) { Check = node.ThrowIfStopped };
        Jobs = new ClusterJobs(Keys);
        Events = new EventFlusher(node, Keys);
        Listings = new ClusterListings(node.State, new StateQuestions(transport, () => Members, node.NodeId), new EventReader(Keys));
        _answers = new StateAnswers(node.State);
        Flow = new FlowLog(node.NodeId);
        _codec = new BatchCodec(node.Payloads);
        _drainer = new LinkDrainer(this, transport, _codec, TimeProvider.System, node.NodeId.GetHashCode()) { Failed = OnLinkFailed };
        _schedulers = new SchedulerClient(transport);
        View = new ClusterView(_schedulers, transport.SchedulerCount, () => Members, node, TimeProvider.System);
        _placements = new PlacementQueue(_schedulers, OnPlaced, OnSchedulerFailed);
        Pressure = new ShardBackPressure(node.Engine.Cluster!.ShardBacklog, node.Options.MaxGcsBacklogBytes, TimeProvider.System)
        {
            Said = node.Events.Warn,
            IsStopped = () => node.Stopped is not null,
        };
        Data = new DataPort(node, data, id => _members.GetValueOrDefault(id)?.DataEndPoint);
    }

    public IClusterTransport Transport { get; }

    /// <summary>What has happened here goes to the event table.</summary>
    public EventFlusher Events { get; }

    /// <summary>Listings of the whole cluster.</summary>
    public ClusterListings Listings { get; }

    /// <summary>The job table.</summary>
    public ClusterJobs Jobs { get; }

    /// <summary>The steps that this node took for what crosses nodes.</summary>
    public FlowLog Flow { get; }

    public DataPort Data { get; }

    /// <summary>What submissions wait for while the storage of the GCS is away.</summary>
    public ShardBackPressure Pressure { get; }

    /// <summary>How the other nodes stand.</summary>
    public ClusterView View { get; }

    /// <summary>The nodes that are there, as far as this one was told.</summary>
    public IReadOnlyCollection<ClusterMember> Members => [.. _members.Values];

    /// <summary>A reference as it is kept under a name.</summary>
    public byte[] Describe(RemoteRef reference) => _codec.EncodeReference(reference);

    /// <summary>Reads what <see cref="Describe"/> wrote, on any node.</summary>
    public RemoteRef ReadDescription(ReadOnlyMemory<byte> description) => _codec.DecodeReference(description);

    /// <summary>How often a batch was sent again.</summary>
    public long Resends => _drainer.Resends;

    public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch)
    {
        if (_isStopped)
        {
            throw new NodeUnreachableException("This node has stopped.");
        }

        if (!batch.IsEmpty && batch.Span[0] == (byte)RequestKind.State)
        {
            // A listing takes milliseconds; whoever brought the question goes on.
            return new(Task.Run(() => _answers.Answer(batch)));
        }

        if (!batch.IsEmpty && batch.Span[0] == (byte)RequestKind.Output)
        {
            _node.Output.OnRequest(batch);
            return new(WireForm.Finish(WireForm.Answer()));
        }

        Batch decoded = _codec.Decode(batch);
        Flow.Came(decoded);
        BatchAnswer answer = _node.Gate.OnBatch(decoded);
        return new(BatchCodec.EncodeAnswer(answer));
    }

    /// <summary>Completes once this node was told about all of these.</summary>
    public async Task KnowsAsync(IReadOnlyCollection<NodeId> nodes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            if (nodes.All(_members.ContainsKey))
            {
                return;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void OnMemberChanged(in MemberChange change)
    {
        ClusterMember member = change.Member;
        bool isAlive = change.IsAlive;
        if (isAlive)
        {
            _members[member.NodeId] = member;
        }
        else
        {
            _members.TryRemove(member.NodeId, out _);
            _node.Output.Forget(member.NodeId);
            _node.Events.Warn($"Node {member.Name} ({member.NodeId}) has left the cluster or was declared dead.");
        }

        _node.Gate.Do(engine => engine.Cluster!.OnMember(member.NodeId, isAlive));
        if (!isAlive && member.DataEndPoint is { } endPoint)
        {
            Data.Forget(endPoint);
        }

        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public void Tick()
    {
        if (_isStopped)
        {
            return;
        }

        double bandwidth = Data.BytesPerTick;
        NodeLoad load = _node.Gate.Do(engine =>
        {
            engine.Cluster!.AverageTaskTicks = _node.Events.AverageTaskTicks;
            engine.Cluster.BytesPerTick = bandwidth;
            engine.Tick(Clock.Now);
            return engine.Cluster.Load();
        }) with
        {
            StoreBytes = _node.Store.CapacityBytes,
            StoreUsedBytes = _node.Store.UsedBytes,
            Store = _node.State.StoreInfo(),
            StartedAt = _node.State.StartedAt.ToUnixTimeMilliseconds(),
        };
        Events.Tick();
        if (Interlocked.Exchange(ref _heartbeats, 1) == 0)
        {
            _ = HeartbeatAsync(load);
        }
    }

    /// <summary>Operations on the tables of keys and names.</summary>
    public KeyClient Keys { get; }

    public Task? Prepare(Batch batch) => _node.Code?.Prepare(batch);

    public Batch? TakeBatch(Link link)
    {
        Batch? batch = _node.Gate.TakeBatch(link);
        if (batch is not null)
        {
            Flow.Leaving(batch);
        }

        return batch;
    }

    public void OnAnswer(Link link, Batch batch, BatchAnswer answer)
    {
        _node.Gate.OnAnswer(link, batch, answer);
        Pressure.OnAnswer();
    }

    /// <summary>An effect: a link has something to take.</summary>
    public void Drain(Link link) => _drainer.Signal(link);

    /// <summary>An effect: where should it run?</summary>
    public void Place(TaskRecord task, PlacementRequest request)
    {
        if (Flow.Wants)
        {
            Flow.Add(FlowStep.Forwarded, request.Task, task.Name);
        }

        if (request.Incarnation >= 0 && Transport is IActorHomes homes)
        {
            _ = PlaceActorAsync(homes, request);
        }
        else
        {
            _placements.Add(request);
        }
    }

    /// <summary>An actor of this node's is gone for good.</summary>
    public void Leave(ActorRecord actor)
    {
        if (Transport is IActorHomes homes && !actor.IsManagedElsewhere)
        {
            _ = LeaveAsync(homes, actor.Id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        _drainer.Dispose();
        await Data.DisposeAsync().ConfigureAwait(false);
    }

    private async Task PlaceActorAsync(IActorHomes homes, PlacementRequest request)
    {
        PlacementAnswer? answer = null;
        try
        {
            NodeId home = await homes.PlaceAsync(new ActorId(request.Task), request.Incarnation, SchedulerWire.EncodePlace([request]), request.Fixed).ConfigureAwait(false);
            answer = new PlacementAnswer(request.Task, home);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _node.Events.WarnRarely($"Actor {request.Task} has no place yet: {e.Message}");
        }

        OnPlaced(request, answer);
    }

    private async Task LeaveAsync(IActorHomes homes, ActorId actor)
    {
        try
        {
            await homes.LeaveAsync(actor).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A grain without its actor refuses calls and goes with its silo.
            _node.Events.WarnRarely($"The grain of actor {actor} could not be let go: {e.Message}");
        }
    }

    private async Task HeartbeatAsync(NodeLoad load)
    {
        try
        {
            await _schedulers.HeartbeatAsync(load).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnSchedulerFailed(e);
        }
        finally
        {
            Volatile.Write(ref _heartbeats, 0);
        }
    }

    private void OnPlaced(PlacementRequest request, PlacementAnswer? answer)
    {
        if (answer is not null && Flow.Wants)
        {
            Flow.Add(FlowStep.Placed, request.Task, peer: answer.Node);
        }

        _node.Gate.Do(engine => engine.Cluster!.OnPlaced(request, answer));
    }

    private void OnLinkFailed(Link link, int failures, Exception error)
    {
        if (!_isStopped && failures % FailuresBetween == FailuresToTell)
        {
            _node.Events.WarnRarely(
                $"{(link.To.IsShard ? $"Shard {link.To.Shard} of the GCS" : $"Node {link.To.Node}")} has not taken what this node has to tell it, {failures} times in a row: {error.Message} It waits and is sent again.{(link.To.IsShard ? " See the log of the silo that hosts the shard, and the storage of the GCS." : "")}");
        }
    }

    private void OnSchedulerFailed(Exception error)
    {
        if (!_isStopped)
        {
            _node.Events.WarnRarely($"A global scheduler did not answer: {error.Message}");
        }
    }
}
