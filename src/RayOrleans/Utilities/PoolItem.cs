using System.Threading.Channels;

namespace RayOrleans;

/// <summary>One submission to an <see cref="ActorPool{TActor}"/>. Its state is guarded by the pool's lock, except for <see cref="Done"/>.</summary>
internal sealed class PoolItem<TActor>(long index, Func<ActorHandle<TActor>, ObjectRef> call, Channel<PoolItem<TActor>>? sink)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Index => index;

    /// <summary>The call's result, once an actor has taken it.</summary>
    public ObjectRef? Result { get; private set; }

    /// <summary>What the submission itself threw.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Completed when the result or an error is there; never fails.</summary>
    public Task Done => _done.Task;

    /// <summary>Submits the call; false when that threw.</summary>
    public bool Start(ActorHandle<TActor> actor)
    {
        try
        {
            Result = call(actor) ?? throw new InvalidOperationException("The function given to the pool returned null instead of the reference of a call.");
            return true;
        }
        catch (Exception e)
        {
            Error = e;
            return false;
        }
    }

    public void Finish()
    {
        _done.TrySetResult();
        sink?.Writer.TryWrite(this);
    }

    /// <summary>The value of an item that is done; throws what the call failed with.</summary>
    public R Read<R>()
    {
        if (Error is not null)
        {
            throw new InvalidOperationException($"The pool could not submit a call: {Error.Message}", Error);
        }

        return Result is ObjectRef<R> typed
            ? typed.GetAwaiter().GetResult()
            : throw new InvalidOperationException($"The next result of the pool is a {Result!.ValueType.Name}, not a {typeof(R).Name}.");
    }
}
