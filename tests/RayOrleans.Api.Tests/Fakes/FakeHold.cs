using System.Runtime.CompilerServices;

namespace RayOrleans.Api.Tests.Fakes;

/// <summary>Holds the objects of a fake runtime.</summary>
internal sealed class FakeHold(FakeRay ray) : ObjectHold
{
    public override object Runtime => ray;

    public ObjectRef<T> Ref<T>(FakeEntry entry) => new(this, entry);

    public ObjectRef<T> Ready<T>(T value)
    {
        FakeEntry entry = new();
        entry.Completion.SetResult(value);
        return Ref<T>(entry);
    }

    public override ObjectId IdOf(object target) => new(((FakeEntry)target).TaskId, 0);

    public override bool IsReady(object target) => ((FakeEntry)target).Completion.Task.IsCompleted;

    public override T Read<T>(ObjectRef<T> reference) => (T)Entry(reference).Completion.Task.GetAwaiter().GetResult()!;

    public override void ThrowIfFailed(ObjectRef reference) => Entry(reference).Completion.Task.GetAwaiter().GetResult();

    public override void OnCompleted(ObjectRef reference, Action continuation, bool flowContext) =>
        Entry(reference).Completion.Task.GetAwaiter().UnsafeOnCompleted(continuation);

    public override Task AsTask(ObjectRef reference, CancellationToken cancellationToken) => Entry(reference).Completion.Task.WaitAsync(cancellationToken);

    public override async Task<T> AsTask<T>(ObjectRef<T> reference, CancellationToken cancellationToken) =>
        (T)(await Entry(reference).Completion.Task.WaitAsync(cancellationToken))!;

    public override ObjectRef<T> Component<T>(ObjectRef tuple, int index)
    {
        FakeEntry part = new();
        _ = CopyPartAsync(Entry(tuple), index, part);
        return Ref<T>(part);
    }

    public override void Release(ObjectRef reference) => ((FakeEntry)reference.Target).Released = true;

    private static FakeEntry Entry(ObjectRef reference) => (FakeEntry)reference.Target;

    private static async Task CopyPartAsync(FakeEntry tuple, int index, FakeEntry part)
    {
        object? value = await tuple.Completion.Task.ConfigureAwait(false);
        part.Completion.SetResult(((ITuple)value!)[index]);
    }
}
