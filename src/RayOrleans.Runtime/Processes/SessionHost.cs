using System.Collections.Concurrent;
using RayOrleans.Core;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Processes.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>The node's end of one process' session: takes its messages to the engine, and the engine's to it, and answers its questions.</summary>
internal abstract class SessionHost(NodeServices node, ProcessAccess access)
{
    private readonly ConcurrentDictionary<ObjectId, TaskCompletionSource<ObjectEntry?>> _replicated = new();
    private readonly CodePieces _published = new(node.Contents);

    /// <summary>Its session.</summary>
    public abstract NodeSession Session { get; }

    /// <summary>What the keys of its objects begin with.</summary>
    public ulong StoreKeys { get; } = ProcessStore.NewKeys();

    /// <summary>The job that it works for.</summary>
    protected abstract JobId JobId { get; }

    protected NodeServices Node => node;

    protected ProcessAccess Access => access;

    /// <summary>Its session has something to send.</summary>
    public abstract void Signal();

    /// <summary>An end of a connection with the process, not started yet.</summary>
    protected SessionLink MakeLink(SessionChannel channel, Action<List<SessionMessage>> came, Action<string> ended) => new(
        channel,
        new SessionCodec(new SessionPayloadWire(node, access.Lent, null)),
        () => node.Gate.Do(_ => Session.TakeMessages()),
        came,
        ServeAsync,
        ended);

    /// <summary>Takes messages of the process, on the thread that reads from it.</summary>
    protected void Take(List<SessionMessage> messages)
    {
        if (node.Cluster is { } cluster && messages.Exists(static m => m is SubmitMessage or NameMessage))
        {
            // Its socket fills meanwhile, and then whoever submits there waits. Answers of the GCS are brought by others.
            cluster.Pressure.Wait();
        }

        LargeValues.ToStore(node, messages);
        long now = Clock.Now;
        List<(NameRequest Request, ObjectEntry[] Inputs)>? names = null;
        node.Gate.Do(engine =>
        {
            foreach (SessionMessage sent in messages)
            {
                SessionMessage message = ProcessGroups.Place(node, sent);
                OnTaken(message);
                engine.OnMessage(Session, message, now);
                if (message is PutMessage { IsReplicated: true } put)
                {
                    ReplicationOf(put.Id).TrySetResult(engine.ReplicateFor(Session, put.Id));
                }
            }

            foreach (NameRequest request in engine.TakeNameRequests(Session))
            {
                (names ??= []).Add((request, request.Creation?.Inputs ?? []));
            }

            OnAllTaken(now);
        });

        foreach ((NameRequest request, ObjectEntry[] inputs) in names ?? [])
        {
            _ = Task.Run(() => node.Actors.Serve(Session, request, inputs));
        }

        // What has become free, or was submitted, goes to the process that runs it without waking a thread of the node's own.
        while (node.Processes is { } workers && node.Gate.StartableHint > 0 && node.Gate.TryStartElsewhere() is { } next)
        {
            workers.Run(next);
        }
    }

    /// <summary>Under the engine's lock, before it is told of a message.</summary>
    protected virtual void OnTaken(SessionMessage message)
    {
    }

    /// <summary>Under the engine's lock, when it was told of all messages that came together.</summary>
    protected virtual void OnAllTaken(long now)
    {
    }

    /// <summary>Answers what the process asks beside its session.</summary>
    protected virtual ValueTask<byte[]> ServeAsync(NodeRequest kind, ReadOnlyMemory<byte> request) => kind switch
    {
        NodeRequest.CodeHas => _published.HasAsync(request),
        NodeRequest.CodePublish => _published.TakeAsync(request),
        NodeRequest.Replicated => NodeAnswer.OfAsync(node, async () =>
        {
            // The question may overtake what it asks for.
            ObjectId id = NodeAnswer.Read<ObjectId>(node, request);
            ObjectEntry? ticket = await ReplicationOf(id).Task.ConfigureAwait(false);
            _replicated.TryRemove(id, out _);
            return await node.Pool.DriverRay!.AwaitReplicationAsync(id, ticket).ConfigureAwait(false);
        }),
        _ => access.Requests.ServeAsync(JobId, kind, request),
    };

    private TaskCompletionSource<ObjectEntry?> ReplicationOf(ObjectId id) =>
        _replicated.GetOrAdd(id, static _ => new TaskCompletionSource<ObjectEntry?>(TaskCreationOptions.RunContinuationsAsynchronously));
}
