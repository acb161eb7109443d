namespace RayOrleans.Runtime.Tests.Wire;

/// <summary>A target of calls that only catches them, as the generated overloads make them.</summary>
internal sealed class CallCatcher : IRemoteTarget
{
    private Invocation? _last;

    /// <summary>The call that was made last; once.</summary>
    public Invocation Take() => Interlocked.Exchange(ref _last, null) ?? throw new InvalidOperationException("No call was made.");

    public Invocation Of(Action<CallCatcher> call)
    {
        call(this);
        return Take();
    }

    public ObjectRef<R> Submit<R>(in RemoteCall call)
    {
        _last = call.Invocation;
        return null!;
    }

    public ObjectRefStream<T> SubmitStream<T>(in RemoteCall call)
    {
        _last = call.Invocation;
        return null!;
    }

    public ActorHandle<TActor> CreateActor<TActor>(in RemoteCall call)
    {
        _last = call.Invocation;
        return null!;
    }
}
