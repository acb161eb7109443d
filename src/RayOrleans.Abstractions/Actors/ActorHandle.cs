namespace RayOrleans;

/// <summary>
/// A reference to an actor. Handles are compared by actor id, may be passed and stored like references,
/// and keep an actor that is not detached alive; one from <c>GetActor</c> does not.
/// </summary>
public abstract class ActorHandle : IEquatable<ActorHandle>, IDisposable
{
    private protected ActorHandle(ActorId id, IRay runtime, ObjectRef? hold)
    {
        Id = id;
        Runtime = runtime;
        Hold = hold;
    }

    /// <summary>The actor's id.</summary>
    public ActorId Id { get; }

    /// <summary>The type the handle is for.</summary>
    public abstract Type ActorType { get; }

    /// <summary>The runtime that calls go through.</summary>
    internal IRay Runtime { get; }

    /// <summary>The reference to the creation's result that keeps the actor in scope; null for a weak handle.</summary>
    internal ObjectRef? Hold { get; }

    /// <summary>Lets go of the actor now instead of at the next garbage collection.</summary>
    public void Dispose()
    {
        Hold?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public bool Equals(ActorHandle? other) => other is not null && Id == other.Id;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ActorHandle);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The type and the id, for people.</summary>
    public override string ToString() => $"ActorHandle<{ActorType.Name}>({Id})";
}
