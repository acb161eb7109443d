namespace RayOrleans;

/// <summary>A reference to an object of type <typeparamref name="T"/>; <c>await</c> it for the value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class ObjectRef<T> : ObjectRef
{
    internal ObjectRef(ObjectHold hold, object target)
        : base(hold, target)
    {
    }

    /// <inheritdoc/>
    public override Type ValueType => typeof(T);

    /// <summary>Waits for the value. A failure of the task that makes it is thrown here.</summary>
    public new ObjectRefAwaiter<T> GetAwaiter() => new(this);

    /// <summary>A task that gives the value, and fails as the producer failed.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the remote task.</param>
    public new Task<T> AsTask(CancellationToken cancellationToken = default) => Hold.AsTask(this, cancellationToken);
}
