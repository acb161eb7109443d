namespace RayOrleans;

/// <summary>What an executing call sees of the runtime: its arguments, its token, and where its result goes.</summary>
internal abstract class CallFrame
{
    /// <summary>Cancelled when the task is cancelled.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The function to run: the call's own, or a fresh copy with the state it had when submitted.</summary>
    public TDelegate Function<TDelegate>(Invocation invocation)
        where TDelegate : Delegate =>
        invocation.PackedFunction is { } packed ? (TDelegate)UnpackFunction(packed) : (TDelegate)invocation.Function;

    /// <summary>The value of one argument.</summary>
    public T Argument<T>(in Arg<T> arg)
    {
        if (typeof(T) == typeof(CancellationToken))
        {
            CancellationToken token = CancellationToken;
            return (T)(object)token;
        }

        return arg.Ref is null && arg.Packed is null && !arg.IsActor ? arg.Value! : ReadArgument(in arg);
    }

    /// <summary>Takes the function's result.</summary>
    public abstract void Return<T>(T value);

    /// <summary>Takes the next item of a stream; false when nobody wants more.</summary>
    public abstract bool Yield<T>(T item);

    /// <summary>Completes when the stream's consumer has room for another item.</summary>
    public abstract ValueTask<bool> YieldAsync<T>(T item);

    /// <summary>Reads an argument that is a reference, a packed value, or the actor itself.</summary>
    protected abstract T ReadArgument<T>(in Arg<T> arg);

    /// <summary>Makes a fresh function from its packed form.</summary>
    protected abstract Delegate UnpackFunction(object packed);
}
