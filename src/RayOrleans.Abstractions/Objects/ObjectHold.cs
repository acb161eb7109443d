namespace RayOrleans;

/// <summary>
/// What keeps objects alive for a process (PROTOCOL, "Holds"): one per submitted or put object in the process that made it,
/// one shared by all references decoded from one value. Implemented by each runtime; references only delegate to it.
/// </summary>
internal abstract class ObjectHold
{
    /// <summary>The runtime that serves the object, for error messages and checks of origin.</summary>
    public abstract object Runtime { get; }

    /// <summary>The id of the object behind <paramref name="target"/>.</summary>
    public abstract ObjectId IdOf(object target);

    /// <summary>Whether the value or the error is there.</summary>
    public abstract bool IsReady(object target);

    /// <summary>Whether <see cref="Read"/> would not have to wait, not for the disk either.</summary>
    public virtual bool IsReadable(object target) => IsReady(target);

    /// <summary>Reads the value, blocking until it is there; throws what the producer threw.</summary>
    public abstract T Read<T>(ObjectRef<T> reference);

    /// <summary>Blocks until the object is there and throws what the producer threw.</summary>
    public abstract void ThrowIfFailed(ObjectRef reference);

    /// <summary>Runs the continuation once the object is there, on the awaiting side's scheduler or context.</summary>
    public abstract void OnCompleted(ObjectRef reference, Action continuation, bool flowContext);

    /// <summary>The object as a task.</summary>
    public abstract Task AsTask(ObjectRef reference, CancellationToken cancellationToken);

    /// <summary>The value as a task.</summary>
    public abstract Task<T> AsTask<T>(ObjectRef<T> reference, CancellationToken cancellationToken);

    /// <summary>Part <paramref name="index"/> of a tuple-valued object, as an object of its own.</summary>
    public abstract ObjectRef<T> Component<T>(ObjectRef tuple, int index);

    /// <summary>Lets go of what one reference holds. Idempotent per reference, thread-safe.</summary>
    public abstract void Release(ObjectRef reference);
}
