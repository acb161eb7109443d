namespace RayOrleans;

/// <summary>A reference to an actor of class <typeparamref name="TActor"/>; call it with <c>Remote</c>.</summary>
/// <typeparam name="TActor">The actor's class.</typeparam>
public sealed partial class ActorHandle<TActor> : ActorHandle
{
    internal ActorHandle(ActorId id, IRay runtime, ObjectRef? hold)
        : base(id, runtime, hold)
    {
    }

    /// <inheritdoc/>
    public override Type ActorType => typeof(TActor);
}
