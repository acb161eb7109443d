using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>What an executing call sees: its arguments and where its result goes. Reused between synchronous calls of a thread.</summary>
internal sealed class WorkerFrame(NodeServices node) : CallFrame
{
    private TaskScope _scope = null!;
    private WrittenValue _result;
    private PartValue[]? _parts;
    private object? _instance;
    private NestedPuts? _nested;
    private int _yielded;

    /// <summary>Keeps references in the result reachable until the engine has the outcome.</summary>
    public object? KeepAlive { get; private set; }

    public override CancellationToken CancellationToken => _scope.Token;

    public WorkerFrame Begin(TaskScope scope)
    {
        _scope = scope;
        return this;
    }

    public void End()
    {
        _scope = null!;
        _result = default;
        _parts = null;
        _instance = null;
        _nested?.Drop();
        _nested = null;
        KeepAlive = null;
        _yielded = 0;
    }

    public Outcome ToOutcome() =>
        _instance is not null
            ? Outcome.Success(_instance)
            : Outcome.Success(_result.Value, _result.Size, _result.Contained, _parts, _nested?.Take());

    public override void Return<T>(T value)
    {
        TaskRecord task = _scope.Attempt.Task;
        if (task.Kind == Core.TaskKind.ActorCreation)
        {
            _instance = new ActorInstance(value ?? throw new InvalidOperationException("The function that should construct the actor returned null."));
            return;
        }

        // Only there is lineage to make them again.
        _nested = node.Cluster is not null && task is { Kind: Core.TaskKind.Normal, Stream: null } ? new NestedPuts(_scope.Attempt, node.Options.InlineThresholdBytes) : null;
        if (TupleShape<T>.Count > 0 && task.Parts is { } parts)
        {
            _parts = TupleShape<T>.Split(value, node.Codec, _scope.Code, _nested, out object? alive);
            KeepAlive = alive;
            _result = new WrittenValue(new TupleValue(parts), 0, parts, null);
            return;
        }

        _result = node.Codec.Write(value, _scope.Code, _nested);
        KeepAlive = _result.KeepAlive;
    }

    public override bool Yield<T>(T item) => Send(item) && StreamRoom.Wait(node, _scope, _yielded);

    public override ValueTask<bool> YieldAsync<T>(T item) => Send(item) ? StreamRoom.WaitAsync(node, _scope, _yielded) : new ValueTask<bool>(false);

    private bool Send<T>(T item)
    {
        WrittenValue written = node.Codec.Write(item, _scope.Code);
        bool more = node.Gate.Yield(_scope.Attempt, _yielded++, written.Value, written.Size, written.Contained);
        GC.KeepAlive(written.KeepAlive);
        return more;
    }

    protected override T ReadArgument<T>(in Arg<T> arg)
    {
        if (arg.IsActor)
        {
            ActorInstance instance = _scope.Instance ?? throw new InvalidOperationException("The actor's instance is gone.");
            return (T)instance.Target;
        }

        return arg.Ref is { } reference
            ? node.Codec.Read<T>((ObjectEntry)reference.Target, _scope)
            : node.Codec.Unpack<T>((PackedArgument)arg.Packed!, _scope);
    }

    protected override Delegate UnpackFunction(object packed)
    {
        PackedFunction function = (PackedFunction)packed;
        ReadTracker? tracker = function.Contained is null ? null : new ReadTracker(node, _scope.Root, function.Contained);
        return node.Codec.SerializerOf(_scope.Code).UnpackDelegate(function.Delegate, tracker);
    }
}
