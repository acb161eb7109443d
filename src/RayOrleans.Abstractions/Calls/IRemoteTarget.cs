namespace RayOrleans;

/// <summary>Where remote calls go. The typed <c>Remote</c>, <c>Stream</c> and <c>Actor</c> overloads are generated over these members.</summary>
public interface IRemoteTarget
{
    /// <summary>Submits a task and returns at once.</summary>
    /// <typeparam name="R">The type of the result; <see cref="Unit"/> for functions without one.</typeparam>
    /// <param name="call">What to run.</param>
    /// <returns>The future result.</returns>
    /// <exception cref="RaySerializationException">An argument or captured variable cannot be serialised; names the member path.</exception>
    ObjectRef<R> Submit<R>(in RemoteCall call);

    /// <summary>Submits a task that yields many objects while it runs.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="call">What to run.</param>
    /// <returns>The items' references, as they appear.</returns>
    ObjectRefStream<T> SubmitStream<T>(in RemoteCall call);

    /// <summary>Creates an actor and returns at once.</summary>
    /// <typeparam name="TActor">The actor's class.</typeparam>
    /// <param name="call">What constructs it.</param>
    /// <returns>The handle; calls made before the constructor has finished wait for it.</returns>
    ActorHandle<TActor> CreateActor<TActor>(in RemoteCall call);
}
