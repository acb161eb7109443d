namespace RayOrleans;

/// <summary>Executes a call with its own arguments.</summary>
internal sealed class InlineFrame(object? actor, CancellationToken cancellationToken) : CallFrame
{
    public object? Result { get; private set; }

    public override CancellationToken CancellationToken => cancellationToken;

    public override void Return<T>(T value) => Result = value;

    public override bool Yield<T>(T item) => throw NotAStream();

    public override ValueTask<bool> YieldAsync<T>(T item) => throw NotAStream();

    protected override T ReadArgument<T>(in Arg<T> arg)
    {
        if (arg.IsActor)
        {
            return actor is T typed ? typed : throw new InvalidOperationException($"The call needs an actor of class {typeof(T).Name}; give it to RayFake.Run.");
        }

        return arg.Ref is { } reference ? reference.Hold.Read(reference) : throw new InvalidOperationException("The call was packed by a runtime; only that one can run it.");
    }

    protected override Delegate UnpackFunction(object packed) => throw new InvalidOperationException("The call was packed by a runtime; only that one can run it.");

    private static InvalidOperationException NotAStream() => new("Only functions with one result can be run in place.");
}
