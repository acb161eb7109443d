using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>
/// A reference to an object that exists, or will exist once the task that makes it has finished (a future; paper section 3.1).
/// It is immutable, cheap, thread-safe, compared by object id, and may be passed, returned, stored in values and sent to tasks and actors.
/// It keeps its object alive in the cluster until it is disposed or collected.
/// </summary>
public abstract class ObjectRef : IEquatable<ObjectRef>, IDisposable
{
    private protected ObjectRef(ObjectHold hold, object target)
    {
        Hold = hold;
        Target = target;
    }

    /// <summary>What keeps the object alive for this process.</summary>
    internal ObjectHold Hold { get; }

    /// <summary>The object's entry in the runtime that made this reference.</summary>
    internal object Target { get; }

    /// <summary>The id of the object.</summary>
    public ObjectId Id => Hold.IdOf(Target);

    /// <summary>Whether the value, or the error instead of it, is there: <c>Get</c> would not wait for the task.</summary>
    public bool IsCompleted => Hold.IsReady(Target);

    /// <summary>The static type of the value; <see cref="Unit"/> where there is none.</summary>
    public abstract Type ValueType { get; }

    /// <summary>Waits for completion without reading the value; the awaited task's failure is thrown.</summary>
    public ObjectRefAwaiter GetAwaiter() => new(this);

    /// <summary>A task that completes when the object is there, and fails as its producer failed.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the remote task.</param>
    public Task AsTask(CancellationToken cancellationToken = default) => Hold.AsTask(this, cancellationToken);

    /// <summary>Lets go of the object now instead of at the next garbage collection. This reference must not be used afterwards.</summary>
    public void Dispose()
    {
        Hold.Release(this);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public bool Equals(ObjectRef? other) => other is not null && (ReferenceEquals(Target, other.Target) || Id == other.Id);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ObjectRef);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>Whether two references stand for the same object.</summary>
    public static bool operator ==(ObjectRef? left, ObjectRef? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two references stand for different objects.</summary>
    public static bool operator !=(ObjectRef? left, ObjectRef? right) => !(left == right);

    /// <summary>The id, for people.</summary>
    public override string ToString() => $"ObjectRef({Id})";
}
