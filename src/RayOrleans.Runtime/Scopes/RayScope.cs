using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>The runtime as somebody sees it: a driver or an attempt. Translates calls into engine commands; the parts do the work.</summary>
internal abstract class RayScope(NodeServices node, JobRecord job, string @namespace) : IRay
{
    public NodeServices Node => node;

    public JobRecord Job => job;

    public string Namespace => @namespace;

    public abstract RayContext Context { get; }

    public IRayState State => node.IsProcess ? new ProcessState(node) : node.State;

    public IRayKeyValue Kv => node.Kv;

    /// <summary>Cancelled when whoever this is was cancelled.</summary>
    public abstract CancellationToken Token { get; }

    /// <summary>The shipped code that runs here; null: this process' own.</summary>
    public virtual LoadedCode? Code => null;

    /// <summary>The functions that are called from here.</summary>
    public FunctionTable Functions => Code?.Functions ?? node.Functions;

    protected abstract Attempt? Parent { get; }

    /// <summary>The id for the next task or put made here.</summary>
    public abstract TaskId NextId();

    public ObjectRef<R> Submit<R>(in RemoteCall call) =>
        node.Submitter.Submit<R>(this, Parent, in call);

    public ObjectRefStream<T> SubmitStream<T>(in RemoteCall call) =>
        new(node.Submitter.SubmitStream(this, Parent, in call, null));

    public ActorHandle<TActor> CreateActor<TActor>(in RemoteCall call) =>
        node.Actors.Create<TActor>(this, Parent, in call);

    public ObjectRef<R> SubmitActorCall<R>(ActorHandle actor, in RemoteCall call)
    {
        RayScope caller = Here();
        return node.Submitter.SubmitCall<R>(caller, caller.Parent, node.Actors.RecordOf(actor), in call);
    }

    public ObjectRefStream<T> SubmitActorStream<T>(ActorHandle actor, in RemoteCall call)
    {
        RayScope caller = Here();
        return new ObjectRefStream<T>(node.Submitter.SubmitStream(caller, caller.Parent, in call, node.Actors.RecordOf(actor)));
    }

    public ObjectRef<T> Put<T>(T value, Durability durability = Durability.Default)
    {
        node.ThrowIfStopped();
        bool isReplicated = IsReplicated(durability);
        WrittenValue written = node.Codec.Write(value, Here().Code, isStored: isReplicated);
        if (!isReplicated)
        {
            return Stored<T>(in written);
        }

        ObjectRef<T> reference = Replicated<T>(in written, out ObjectEntry? ticket);
        try
        {
            if (ticket is not null && !node.Waits.Wait([ticket], 1, failFast: true, TaskScope.CurrentOf(node), ReplicationTimeout, CancellationToken.None))
            {
                throw NotReplicated(reference.Id);
            }

            ThrowIfFailed(ticket);
            if (node.IsProcess)
            {
                Blocking.Wait(ReplicatedAtNodeAsync(reference, CancellationToken.None));
            }

            return reference;
        }
        catch
        {
            reference.Dispose();
            throw;
        }
    }

    public async ValueTask<ObjectRef<T>> PutAsync<T>(T value, Durability durability = Durability.Default, CancellationToken cancellationToken = default)
    {
        node.ThrowIfStopped();
        bool isReplicated = IsReplicated(durability);
        WrittenValue written = await node.Codec.WriteAsync(value, Here().Code, isReplicated, cancellationToken);
        if (!isReplicated)
        {
            return Stored<T>(in written);
        }

        ObjectRef<T> reference = Replicated<T>(in written, out ObjectEntry? ticket);
        try
        {
            if (ticket is not null && !await node.Waits.WaitAsync([ticket], 1, failFast: true, ReplicationTimeout, cancellationToken))
            {
                throw NotReplicated(reference.Id);
            }

            ThrowIfFailed(ticket);
            if (node.IsProcess)
            {
                await ReplicatedAtNodeAsync(reference, cancellationToken);
            }

            return reference;
        }
        catch
        {
            reference.Dispose();
            throw;
        }
    }

    public SharedBuffer<T> CreateBuffer<T>(int length)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        node.ThrowIfStopped();
        return new SharedBuffer<T>(BufferOwner.Create<T>(this, length));
    }

    public T Get<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ObjectEntry entry = node.EntryOf(reference);
        TaskScope? scope = TaskScope.CurrentOf(node);
        if (!entry.IsSettled && !node.Waits.Wait(entry, scope, ToTimeout(timeout), cancellationToken))
        {
            throw TimedOut(timeout!.Value, entry);
        }

        T value = node.Codec.Read<T>(entry, scope);
        NoteGot(entry);
        GC.KeepAlive(reference);
        return value;
    }

    public IReadOnlyList<T> Get<T>(IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        TaskScope? scope = TaskScope.CurrentOf(node);
        ObjectEntry[] entries = node.EntriesOf(references);
        if (!AllSettled(entries) && !node.Waits.Wait(entries, entries.Length, failFast: true, scope, ToTimeout(timeout), cancellationToken))
        {
            throw TimedOut(timeout!.Value, entries.FirstOrDefault(e => !e.IsSettled) ?? entries[^1], entries);
        }

        return ReadAll<T>(references, entries, scope);
    }

    public async ValueTask<T> GetAsync<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ObjectEntry entry = node.EntryOf(reference);
        if (!entry.IsSettled && !await node.Waits.WaitAsync([entry], 1, failFast: false, ToTimeout(timeout), cancellationToken))
        {
            throw TimedOut(timeout!.Value, entry);
        }

        IReadOnlyList<StorePin>? pins = SpilledReads.Needs(entry) ? await node.Spilled.HoldAsync(entry, cancellationToken) : null;
        T value;
        try
        {
            value = node.Codec.Read<T>(entry, TaskScope.CurrentOf(node));
        }
        finally
        {
            SpilledReads.Release(pins);
        }

        NoteGot(entry);
        GC.KeepAlive(reference);
        return value;
    }

    private void NoteGot(ObjectEntry entry)
    {
        if (node.Cluster is { Flow: { Wants: true } flow })
        {
            flow.Add(FlowStep.Got, entry.TaskId, entry.Producer?.Name, entry.Id);
        }
    }

    public async ValueTask<IReadOnlyList<T>> GetAsync<T>(
        IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ObjectEntry[] entries = node.EntriesOf(references);
        if (!AllSettled(entries) && !await node.Waits.WaitAsync(entries, entries.Length, failFast: true, ToTimeout(timeout), cancellationToken))
        {
            throw TimedOut(timeout!.Value, entries.FirstOrDefault(e => !e.IsSettled) ?? entries[^1], entries);
        }

        return await ReadAllAsync(references, entries, TaskScope.CurrentOf(node));
    }

    public Pinned<T> GetPinned<T>(ObjectRef<T> reference, TimeSpan? timeout = null)
    {
        ObjectEntry entry = node.EntryOf(reference);
        if (!entry.IsSettled && !node.Waits.Wait(entry, TaskScope.CurrentOf(node), ToTimeout(timeout), CancellationToken.None))
        {
            throw TimedOut(timeout!.Value, entry);
        }

        T value = node.Codec.ReadPinned<T>(entry, Here().Code, out IDisposable? pin);
        GC.KeepAlive(reference);
        return new Pinned<T>(value, pin);
    }

    public IReadOnlyList<int> WaitAny(IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken)
    {
        CheckWait(references, numReturns);
        List<int> ready = Ready(references, numReturns, fetchLocal);
        if (ready.Count >= numReturns)
        {
            return ready;
        }

        ObjectEntry[] entries = node.EntriesOf(references);
        IReadOnlyList<ObjectEntry> refused = node.Waits.WaitAny(entries, numReturns, TaskScope.CurrentOf(node), ToTimeout(timeout), cancellationToken, existsOnly: !fetchLocal);
        return Ready(references, numReturns, fetchLocal, refused);
    }

    public async ValueTask<IReadOnlyList<int>> WaitAnyAsync(
        IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken)
    {
        CheckWait(references, numReturns);
        List<int> ready = Ready(references, numReturns, fetchLocal);
        if (ready.Count >= numReturns)
        {
            return ready;
        }

        IReadOnlyList<ObjectEntry> refused = await node.Waits.WaitAnyAsync(node.EntriesOf(references), numReturns, ToTimeout(timeout), cancellationToken, existsOnly: !fetchLocal);
        return Ready(references, numReturns, fetchLocal, refused);
    }

    public void Cancel(ObjectRef reference, bool force = false, bool recursive = true)
    {
        ObjectEntry entry = node.EntryOf(reference);
        if (force && entry.Producer is { Kind: Core.TaskKind.ActorCall })
        {
            throw new ArgumentException("A call of an actor cannot be cancelled by force, which would end the whole actor; use Ray.Kill for that.", nameof(force));
        }

        node.Gate.Do(engine => engine.Cancel(entry, recursive, force));
    }

    public void Free(ObjectRef reference)
    {
        ObjectEntry entry = node.EntryOf(reference);
        node.Gate.Do(engine => engine.Free(entry));
    }

    public ActorHandle<TActor> GetActor<TActor>(string name, string? @namespace = null) => node.Actors.Get<TActor>(this, name, @namespace ?? Namespace);

    public void Kill(ActorHandle actor, bool noRestart = true)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ActorRecord record = node.Actors.RecordOf(actor);
        node.Gate.Do(engine => engine.KillActor(record, mayRestart: !noRestart, "it was killed by Ray.Kill"));
    }

    public abstract void ExitActor();

    public ValueTask<PlacementGroup> PlacementGroupAsync(
        IReadOnlyList<Bundle> bundles, PlacementStrategy strategy = PlacementStrategy.Pack, string? name = null, CancellationToken cancellationToken = default) =>
        node.IsProcess ? new ProcessGroups(node).CreateAsync(bundles, strategy, name, cancellationToken) : node.PlacementGroups.CreateAsync(Here().Job.Id, bundles, strategy, name);

    public IReadOnlyDictionary<string, double> ClusterResources() =>
        node.Cluster is null && !node.IsProcess ? node.Engine.Resources.Total.ToDictionary() : Sum(Nodes(), static n => n.Resources);

    public IReadOnlyDictionary<string, double> AvailableResources() =>
        node.Cluster is null && !node.IsProcess ? node.Gate.Do(engine => engine.Resources.Free()) : Sum(Nodes(), static n => n.AvailableResources);

    public IReadOnlyList<NodeInfo> Nodes() => node.IsProcess ? new ProcessState(node).Alive() : Blocking.Wait(node.State.NodesAsync(CancellationToken.None));

    public virtual ValueTask DisposeAsync() =>
        throw new InvalidOperationException("Only the IRay that InitAsync returned can be disposed of.");

    /// <summary>Makes an object of a value that is already in its stored form.</summary>
    public ObjectRef<T> Adopt<T>(in WrittenValue written) => Stored<T>(in written);

    /// <summary>More than timers can measure counts as without bound.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMilliseconds(int.MaxValue);

    private static TimeSpan ToTimeout(TimeSpan? timeout) => timeout switch
    {
        null => Timeout.InfiniteTimeSpan,
        { } t when t == Timeout.InfiniteTimeSpan || t > LongestTimeout => Timeout.InfiniteTimeSpan,
        { } t when t >= TimeSpan.Zero => t,
        { } t => throw new ArgumentOutOfRangeException(nameof(timeout), t, "The timeout must not be negative; null waits without bound."),
    };

    /// <summary>Decimal, because amounts are exact to 1/10,000.</summary>
    private static Dictionary<string, double> Sum(IReadOnlyList<NodeInfo> nodes, Func<NodeInfo, IReadOnlyDictionary<string, double>> resources) =>
        nodes.SelectMany(resources).GroupBy(r => r.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (double)g.Sum(r => (decimal)r.Value), StringComparer.Ordinal);

    private static void CheckWait(IReadOnlyList<ObjectRef> references, int numReturns)
    {
        ArgumentNullException.ThrowIfNull(references);
        if (numReturns < 1 || numReturns > references.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(numReturns), numReturns, $"numReturns must be from 1 to the number of references ({references.Count}).");
        }
    }

    private static bool AllSettled(ObjectEntry[] entries)
    {
        bool all = true;
        foreach (ObjectEntry entry in entries)
        {
            if (entry.Status == ObjectStatus.Failed)
            {
                return true;
            }

            all &= entry.IsSettled;
        }

        return all;
    }

    private static GetTimeoutException TimedOut(TimeSpan timeout, ObjectEntry entry, ObjectEntry[]? all = null)
    {
        string what = entry.Producer is { } task ? $"task {task.Name ?? task.TaskId.ToString()} is {task.State}" : $"object {entry.Id} is {entry.Status}";
        string more = all is null ? "" : $" ({all.Count(e => !e.IsSettled)} of {all.Length} objects are missing)";
        return new GetTimeoutException($"No value within {timeout}: {what}{more}. The task goes on; a later Get may succeed.") { ObjectId = entry.Id, Timeout = timeout };
    }

    private void ThrowIfAnyFailed(ObjectEntry[] entries, TaskScope? scope)
    {
        foreach (ObjectEntry entry in entries)
        {
            if (entry.Status == ObjectStatus.Failed)
            {
                throw node.Codec.Failed(entry, scope?.Code);
            }
        }
    }

    private T[] ReadAll<T>(IReadOnlyList<ObjectRef<T>> references, ObjectEntry[] entries, TaskScope? scope)
    {
        ThrowIfAnyFailed(entries, scope);
        T[] values = new T[entries.Length];
        ReadAhead ahead = new(node.Spilled, entries);
        try
        {
            for (int i = 0; i < entries.Length; i++)
            {
                _ = ahead.Reach(i);
                values[i] = node.Codec.Read<T>(entries[i], scope);
                ahead.Pass(i);
            }
        }
        finally
        {
            ahead.Abandon();
        }

        GC.KeepAlive(references);
        return values;
    }

    private async ValueTask<T[]> ReadAllAsync<T>(IReadOnlyList<ObjectRef<T>> references, ObjectEntry[] entries, TaskScope? scope)
    {
        ThrowIfAnyFailed(entries, scope);
        T[] values = new T[entries.Length];
        ReadAhead ahead = new(node.Spilled, entries);
        try
        {
            for (int i = 0; i < entries.Length; i++)
            {
                if (ahead.Reach(i) is { } restore)
                {
                    await restore;
                }

                values[i] = node.Codec.Read<T>(entries[i], scope);
                ahead.Pass(i);
            }
        }
        finally
        {
            ahead.Abandon();
        }

        GC.KeepAlive(references);
        return values;
    }

    private List<int> Ready(IReadOnlyList<ObjectRef> references, int numReturns, bool fetchLocal, IReadOnlyList<ObjectEntry>? refused = null)
    {
        List<int> ready = new(Math.Min(numReturns, 16));
        int count = references.Count;
        for (int i = 0; i < count && ready.Count < numReturns; i++)
        {
            ObjectEntry entry = node.EntryOf(references[i]);
            if (entry.IsSettled || (!fetchLocal && entry.Status != ObjectStatus.Pending) || refused?.Contains(entry) == true)
            {
                ready.Add(i);
            }
        }

        return ready;
    }

    private ObjectRef<T> Stored<T>(in WrittenValue written)
    {
        ObjectEntry entry = NewPut(isReplicated: false);
        node.Gate.Put(entry, written.Value, written.Size, written.Contained);
        return Reference<T>(entry, in written);
    }

    /// <param name="written">The value.</param>
    /// <param name="ticket">Settles once two nodes keep it; null: there is no other node, and one that joins will keep it.</param>
    private ObjectRef<T> Replicated<T>(in WrittenValue written, out ObjectEntry? ticket)
    {
        ObjectEntry entry = NewPut(isReplicated: true);
        ticket = node.Gate.PutReplicated(entry, written.Value, written.Size, written.Contained);
        return Reference<T>(entry, in written);
    }

    private ObjectEntry NewPut(bool isReplicated) => Parent is { } attempt
        ? new PutEntry(NextId(), attempt.Task.TaskId, attempt.Number) { IsReplicated = isReplicated }
        : new ObjectEntry(NextId(), ObjectId.PutIndex);

    private ObjectRef<T> Reference<T>(ObjectEntry entry, in WrittenValue written)
    {
        GC.KeepAlive(written.KeepAlive);
        if (node.Releases.IsBacklogged)
        {
            node.Releases.Drain();
        }

        return new ObjectRef<T>(new LocalHold(node, entry, bySubmitter: false), entry);
    }

    /// <summary>A node that is alone has nobody to keep a copy.</summary>
    private bool IsReplicated(Durability durability) => durability switch
    {
        Durability.Default => false,
        Durability.Replicated => node.Cluster is not null || node.IsProcess,
        _ => throw new ArgumentOutOfRangeException(nameof(durability), durability, "Unknown durability."),
    };

    /// <summary>Other nodes' stores may be full for as long as that, and the nodes that are asked may die.</summary>
    private TimeSpan ReplicationTimeout => node.Options.ObjectStoreFullTimeout is var full && full == Timeout.InfiniteTimeSpan ? full : full + TimeSpan.FromMinutes(1);

    /// <summary>In a process: its node says when another one keeps a copy.</summary>
    private ValueTask<bool> ReplicatedAtNodeAsync(ObjectRef reference, CancellationToken cancellationToken) =>
        NodeAnswer.AskAsync<ObjectId, bool>(node, NodeRequest.Replicated, reference.Id, cancellationToken);

    /// <summary>For a process: waits until another node keeps a copy of what the process has put.</summary>
    /// <param name="id">The object.</param>
    /// <param name="ticket">Settles once two nodes keep it; null: there is no other node.</param>
    public async ValueTask<bool> AwaitReplicationAsync(ObjectId id, ObjectEntry? ticket)
    {
        if (ticket is not null && !await node.Waits.WaitAsync([ticket], 1, failFast: true, ReplicationTimeout, CancellationToken.None))
        {
            throw NotReplicated(id);
        }

        ThrowIfFailed(ticket);
        return true;
    }

    private ObjectStoreFullException NotReplicated(ObjectId id) => new(
        $"No other node has taken a copy of object {id} within {ReplicationTimeout}, so it was not put: their stores are full, or smaller than the value. "
        + "Free something, give the nodes more memory (RayOptions.ObjectStoreBytes), or put it without Durability.Replicated.");

    private void ThrowIfFailed(ObjectEntry? ticket)
    {
        if (ticket is { Status: ObjectStatus.Failed })
        {
            throw node.Codec.Failed(ticket, Here().Code);
        }
    }

    /// <summary>Who really calls: a handle made by the driver may be used inside an attempt.</summary>
    private RayScope Here() => (RayScope?)TaskScope.CurrentOf(node) ?? this;
}
