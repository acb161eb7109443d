namespace RayOrleans.Serialization;

/// <summary>
/// What a runtime does with the references inside values: on the way out it learns which ones a value contains, on the way in it makes them.
/// One tracker serves one value at a time; its members are called on the thread that serialises.
/// </summary>
public interface IReferenceTracker
{
    /// <summary>A reference is nested in the value being written.</summary>
    /// <param name="reference">The reference, once per occurrence of the same instance.</param>
    /// <returns>The id that is written: the reference's own, or another under which readers are to know the object.</returns>
    ObjectId OnWrite(ObjectRef reference);

    /// <summary>An actor handle is nested in the value being written.</summary>
    /// <param name="handle">The handle, once per occurrence of the same instance.</param>
    void OnWrite(ActorHandle handle);

    /// <summary>Makes the reference that stands in the value being read, bound to the hold that all references of that value share.</summary>
    /// <param name="id">The object.</param>
    /// <param name="valueType">The type argument of the reference.</param>
    /// <returns>An <see cref="ObjectRef{T}"/> of exactly <paramref name="valueType"/>.</returns>
    ObjectRef ReadReference(ObjectId id, Type valueType);

    /// <summary>Makes the actor handle that stands in the value being read.</summary>
    /// <param name="id">The actor.</param>
    /// <param name="actorType">The type argument of the handle.</param>
    /// <returns>An <see cref="ActorHandle{TActor}"/> of exactly <paramref name="actorType"/>.</returns>
    ActorHandle ReadActor(ActorId id, Type actorType);
}
