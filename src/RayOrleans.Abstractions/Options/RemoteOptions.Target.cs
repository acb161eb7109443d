namespace RayOrleans;

/// <content>Where calls with these options go.</content>
public sealed partial record RemoteOptions : IRemoteTarget
{
    [NonSerialized]
    private readonly IRay? _runtime;

    /// <summary>The runtime that calls go to; null for the ambient one of each call. A copy that was shipped to another process is not bound.</summary>
    internal IRay? Runtime
    {
        get => _runtime;
        init => _runtime = value;
    }

    private IRay Target => _runtime ?? RayAmbient.Required;

    /// <inheritdoc/>
    ObjectRef<R> IRemoteTarget.Submit<R>(in RemoteCall call) => Target.Submit<R>(call with { Options = this });

    /// <inheritdoc/>
    ObjectRefStream<T> IRemoteTarget.SubmitStream<T>(in RemoteCall call) => Target.SubmitStream<T>(call with { Options = this });

    /// <inheritdoc/>
    ActorHandle<TActor> IRemoteTarget.CreateActor<TActor>(in RemoteCall call) => Target.CreateActor<TActor>(call with { Options = this });
}
