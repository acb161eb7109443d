using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>Creates actors, finds them by name, and knows the records behind handles.</summary>
internal sealed class ActorService(NodeServices node)
{
    private readonly ConditionalWeakTable<ActorHandle, ActorRecord> _records = [];

    public ActorHandle<TActor> Create<TActor>(RayScope scope, Attempt? parent, in RemoteCall call)
    {
        RemoteOptions? options = call.Options;
        node.Submitter.Prepare(scope, parent, options);
        if (!node.IsProcess && options is { GetIfExists: true, Name: { } wanted } && Find(wanted, options.Namespace ?? scope.Namespace) is { } existing)
        {
            return Strong<TActor>(scope, existing);
        }

        TaskId id = scope.NextId();
        bool isAsync = ActorHost.IsAsync(typeof(TActor));
        ActorRecord actor = MakeRecord<TActor>(scope, id, options, isAsync);
        TaskRecord creation = new(id, scope.Job, parent, node.OptionsTable.ForCreation(node, options, node.OptionsTable.InheritedFrom(node, parent)))
        {
            Kind = Core.TaskKind.ActorCreation,
            Actor = actor,
        };
        if (node.IsProcess && actor.Options.Name is not null)
        {
            return CreateNamed<TActor>(scope, creation, in call);
        }

        TaskRecord? other = null;
        node.Submitter.Pack(scope, creation, call.Invocation, $"{typeof(TActor).Name}.ctor", task => other = TryCreate(actor, task));
        if (other is null)
        {
            return Handle<TActor>(scope, actor, new ObjectRef<Unit>(new LocalHold(node, creation, bySubmitter: true), creation));
        }

        if (options!.GetIfExists)
        {
            return Strong<TActor>(scope, other);
        }

        Release(other);
        throw new ActorAlreadyExistsException(options.Name!, actor.Options.Namespace);
    }

    public ActorHandle<TActor> Get<TActor>(RayScope scope, string name, string @namespace)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException("The name of an actor must not be empty.", nameof(name));
        }

        node.ThrowIfStopped();
        TaskRecord handle = Find(name, @namespace)
            ?? throw new ArgumentException($"There is no actor named '{name}' in namespace '{@namespace}'. It may have ended, or have been made in another namespace.", nameof(name));
        if (handle.Actor!.IsManagedElsewhere || node.IsProcess)
        {
            // It is known here for as long as it is held.
            return Strong<TActor>(scope, handle);
        }

        Release(handle);
        ThrowIfOther<TActor>(scope, handle.Actor!, nameof(name));
        return Handle<TActor>(scope, handle.Actor!, null);
    }

    /// <summary>At the node: carries out what one of its processes asks for by name. Blocks until the cluster has answered.</summary>
    /// <param name="session">The process.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="inputs">The inputs of what it wants to make.</param>
    public void Serve(NodeSession session, NameRequest request, IReadOnlyList<ObjectEntry> inputs)
    {
        NameMessage asked = request.Message;
        TaskRecord? found = null;
        string? problem = null;
        try
        {
            found = request.Creation is null || asked.GetIfExists ? Find(asked.Name, asked.Namespace) : null;
            if (found is null && request.Creation is { } creation)
            {
                found = TryCreate(creation.Actor!, creation) ?? creation;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever asked is told.
            problem = $"The actor named '{asked.Name}' could not be found or made: {e.Message}";
        }

        node.Gate.Do(engine => engine.AnswerName(session, request, inputs, found, problem));
    }

    private ActorHandle<TActor> CreateNamed<TActor>(RayScope scope, TaskRecord creation, in RemoteCall call)
    {
        bool getIfExists = call.Options!.GetIfExists;
        (TaskRecord Handle, bool IsOther)? made = null;
        node.Submitter.Pack(scope, creation, call.Invocation, $"{typeof(TActor).Name}.ctor", task => made = node.ProcessNames!.Create(task, getIfExists));
        (TaskRecord handle, bool isOther) = made!.Value;
        if (!isOther || getIfExists)
        {
            return Strong<TActor>(scope, handle);
        }

        Release(handle);
        throw new ActorAlreadyExistsException(call.Options.Name!, creation.Actor!.Options.Namespace);
    }

    /// <summary>The record that a handle stands for.</summary>
    public ActorRecord RecordOf(ActorHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        node.ThrowIfStopped();
        return _records.TryGetValue(handle, out ActorRecord? record) ? record : Remember(handle);
    }

    public TaskOptions CallOptionsOf(ActorRecord actor) => ((ActorHost)actor.Host!).CallOptions;

    private ActorRecord Remember(ActorHandle handle)
    {
        ActorRecord record = (handle.Hold?.Target as TaskRecord)?.Actor
            ?? node.Gate.Do(engine => engine.FindActor(handle.Id))
            ?? throw new ActorDiedException($"Actor {handle.Id} of {handle.ActorType.Name} is gone: it ended, or it belongs to another runtime.");
        _records.AddOrUpdate(handle, record);
        return record;
    }

    /// <summary>The handle's entry of a living actor, held once for the caller; null: there is none with that name.</summary>
    private TaskRecord? Find(string name, string @namespace) => node.ProcessNames is { } asked
        ? asked.Find(@namespace, name)
        : node.Names is { } names
        ? names.Find(@namespace, name)
        : node.Gate.Do(engine =>
        {
            if (engine.FindActor(@namespace, name)?.Creation is not { } creation)
            {
                return null;
            }

            engine.Hold(creation);
            return creation;
        });

    /// <summary>Null: it is created. Else the handle's entry of the actor that has the name, held once for the caller.</summary>
    private TaskRecord? TryCreate(ActorRecord actor, TaskRecord creation)
    {
        if (actor.Options.Name is { } name && node.Names is { } names)
        {
            return names.Create(actor, creation);
        }

        while (!node.Gate.Do(engine => engine.TryCreateActor(actor, creation)))
        {
            if (Find(actor.Options.Name!, actor.Options.Namespace) is { } other)
            {
                return other;
            }
        }

        return null;
    }

    private void Release(TaskRecord handle) => node.Gate.Do(engine => engine.ReleaseHold(handle));

    private void ThrowIfOther<TActor>(RayScope scope, ActorRecord actor, string parameter)
    {
        Type? made = ((ActorHost)actor.Host!).TypeIn(node.Codec.SerializerOf(scope.Code));
        if (made is not null && !typeof(TActor).IsAssignableFrom(made) && !made.IsAssignableFrom(typeof(TActor)))
        {
            throw new ArgumentException($"The actor named '{actor.Options.Name}' is a {made.Name}, not a {typeof(TActor).Name}.", parameter);
        }
    }

    /// <summary>A handle that holds the actor; it takes over the hold that the caller has.</summary>
    private ActorHandle<TActor> Strong<TActor>(RayScope scope, TaskRecord handle)
    {
        ObjectRef<Unit> hold = new(new LocalHold(node, handle, bySubmitter: false), handle);
        ThrowIfOther<TActor>(scope, handle.Actor!, "name");
        return Handle<TActor>(scope, handle.Actor!, hold);
    }

    private ActorHandle<TActor> Handle<TActor>(RayScope scope, ActorRecord actor, ObjectRef? hold)
    {
        ActorHandle<TActor> handle = new(actor.Id, (scope as TaskScope)?.Root ?? scope, hold);
        _records.AddOrUpdate(handle, actor);
        return handle;
    }

    private ActorRecord MakeRecord<TActor>(RayScope scope, TaskId id, RemoteOptions? options, bool isAsync)
    {
        string[] groups = options?.ConcurrencyGroups is { } named ? [.. named.Keys] : [];
        int concurrency = options?.MaxConcurrency ?? (isAsync ? ActorHost.AsyncConcurrency : 1);
        ActorOptions actorOptions = new()
        {
            Name = options?.Name,
            Namespace = options?.Namespace ?? scope.Namespace,
            IsDetached = options?.Lifetime == ActorLifetime.Detached,
            MaxRestarts = options?.MaxRestarts ?? 0,
            TakesTurns = isAsync,
            MaxConcurrency = concurrency,
            AllowOutOfOrder = concurrency > 1,
            LaneLimits = [.. groups.Select(g => options!.ConcurrencyGroups![g])],
            MaxPendingCalls = options?.MaxPendingCalls ?? -1,
            KeepsResources = options is { NumCpus: not null } or { NumGpus: not null } or { Memory: not null } or { Resources: not null },
        };
        return new ActorRecord(new ActorId(id), actorOptions)
        {
            ClassName = typeof(TActor).Name,
            Host = new ActorHost(node, isAsync)
            {
                ActorType = typeof(TActor),
                Groups = groups.Length == 0 ? null : groups.Select((g, i) => (g, i)).ToDictionary(p => p.g, p => p.i + 1),
                CallOptions = new RetryTaskOptions { Shape = ResourceShape.Zero, MaxRetries = options?.MaxTaskRetries ?? 0, Retry = options?.RetryExceptions ?? default },
            },
        };
    }
}
