namespace RayOrleans.Serialization.Tests.References;

/// <summary>A hold whose targets are the ids themselves.</summary>
internal sealed class FakeHold : ObjectHold
{
    public override object Runtime => this;

    public override ObjectId IdOf(object target) => (ObjectId)target;

    public override bool IsReady(object target) => throw new NotSupportedException();

    public override T Read<T>(ObjectRef<T> reference) => throw new NotSupportedException();

    public override void ThrowIfFailed(ObjectRef reference) => throw new NotSupportedException();

    public override void OnCompleted(ObjectRef reference, Action continuation, bool flowContext) => throw new NotSupportedException();

    public override Task AsTask(ObjectRef reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<T> AsTask<T>(ObjectRef<T> reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ObjectRef<T> Component<T>(ObjectRef tuple, int index) => throw new NotSupportedException();

    public override void Release(ObjectRef reference)
    {
    }
}
