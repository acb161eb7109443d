using RayOrleans.Core;
using RayOrleans.Runtime.Output;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>
/// The node's end of a driver in another process: attached on this machine, or connected from elsewhere. Its job is this node's, which owns all that the driver
/// makes; the job ends once, when the driver says so, or when its connection is gone for good.
/// </summary>
internal sealed class AttachedDriver : SessionHost
{
    /// <summary>How long the end of a job waits until the job table has it.</summary>
    private static readonly TimeSpan RecordTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(1);

    private readonly DriverPort _port;
    private readonly SessionChannel _channel;
    private readonly SessionLink _link;
    private readonly RemoteValues? _values;
    private int _isEnded;

    public AttachedDriver(NodeServices node, ProcessAccess access, DriverPort port, SessionChannel channel, DriverHello hello, bool isRemote)
        : base(node, access)
    {
        _port = port;
        _channel = channel;
        JobId id = new(LocalNode.Draw());
        TaskId root = new(LocalNode.Draw(), LocalNode.Draw());
        JobReport about = new(id, node.NodeId, JobStatus.Running)
        {
            Namespace = hello.Namespace ?? "",
            Name = hello.Name,
            Program = hello.Program,
            StartedAt = DateTimeOffset.UtcNow.UtcTicks,
        };
        (Job, Session) = node.Gate.Do(engine =>
        {
            JobRecord job = engine.Cluster?.StartJob(id, root, about) ?? new JobRecord(id, root);
            job.GivenNamespace = hello.Namespace;
            engine.Cluster?.AnnounceJob(job);
            NodeSession session = engine.OpenSession($"driver {hello.Name}", job);
            session.Host = this;
            return (job, session);
        });
        _values = isRemote ? new RemoteValues(access.StorePath, StoreKeys) : null;
        _link = MakeLink(channel, OnMessages, OnLinkEnded);
        if (hello.TakesOutput)
        {
            node.Output.Attach(id, lines => _link.TrySendOutput(OutputWire.EncodeTexts(lines)) ? lines.Count : 0);
        }
    }

    /// <inheritdoc/>
    public override NodeSession Session { get; }

    /// <summary>Its job.</summary>
    public JobRecord Job { get; }

    /// <inheritdoc/>
    protected override JobId JobId => Job.Id;

    /// <summary>What it is told first.</summary>
    public DriverWelcome Welcome() => new()
    {
        Version = DriverProtocol.Version,
        Setup = ProcessSetup.Of(Node, Access, StoreKeys).ToBytes(),
        RunsInWorkers = Node.Worker is not null,
        Job = Job.Id.Value,
        RootHigh = Job.Root.High,
        RootLow = Job.Root.Low,
        Namespace = Job.Namespace,
    };

    /// <summary>It has been told; its messages are read from now on.</summary>
    public void Start() => _link.Start();

    /// <inheritdoc/>
    public override void Signal() => _link.Signal();

    /// <summary>Ends the session, and with it the job unless that has ended.</summary>
    /// <param name="why">The reason, as a clause.</param>
    public void End(string why)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return;
        }

        _port.Forget(this);
        Node.Output.Detach(Job.Id);
        Node.Gate.Do(engine => engine.CloseSession(Session, new SessionEnd(why), Clock.Now));
        _link.Dispose();
        _channel.Dispose();
        _values?.Dispose();
        Node.Cluster?.Jobs.Forget(Job.Id);
        Access.EndKeys(StoreKeys);
    }

    /// <inheritdoc/>
    protected override async ValueTask<byte[]> ServeAsync(NodeRequest kind, ReadOnlyMemory<byte> request)
    {
        switch (kind)
        {
            case NodeRequest.Leave:
                await LeaveAsync().ConfigureAwait(false);
                return [];
            case NodeRequest.ValueCreate or NodeRequest.ValueWrite or NodeRequest.ValueSeal or NodeRequest.ValueRead or NodeRequest.ValueDelete when _values is not null:
                return await _values.ServeAsync(kind, request).ConfigureAwait(false);
            default:
                return await base.ServeAsync(kind, request).ConfigureAwait(false);
        }
    }

    private void OnMessages(List<SessionMessage> messages)
    {
        // A driver that is far ahead of its tasks waits: its connection fills. What its tasks tell comes by other ways.
        while (Job.Unfinished >= Node.Options.MaxPendingTasks && Volatile.Read(ref _isEnded) == 0 && messages.Exists(static m => m is SubmitMessage))
        {
            Thread.Sleep(RoomPause);
        }

        Take(messages);
    }

    private void OnLinkEnded(string why) => End(why);

    private async Task LeaveAsync()
    {
        Node.Gate.Do(engine => engine.EndJob(Job, "its driver has left"));
        if (Node.Cluster is { } cluster)
        {
            await Task.WhenAll(cluster.Jobs.RecordedAsync(Job.Id), cluster.Events.FlushAsync(wait: true)).WaitAsync(RecordTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Before the answer, behind which the driver hears nothing more.
        Node.Output.Detach(Job.Id);
    }
}
