using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>Holds objects that tasks of this process stand for; there is nothing to let go of.</summary>
internal sealed class TaskHold : ObjectHold
{
    public static TaskHold Instance { get; } = new();

    public override object Runtime => this;

    public override ObjectId IdOf(object target) => ((TaskEntry)target).Id;

    public override bool IsReady(object target) => ((TaskEntry)target).Task.IsCompleted;

    public override T Read<T>(ObjectRef<T> reference) => Task(reference).GetAwaiter().GetResult();

    public override void ThrowIfFailed(ObjectRef reference) => ((TaskEntry)reference.Target).Task.GetAwaiter().GetResult();

    public override void OnCompleted(ObjectRef reference, Action continuation, bool flowContext)
    {
        TaskAwaiter awaiter = ((TaskEntry)reference.Target).Task.GetAwaiter();
        if (flowContext)
        {
            awaiter.OnCompleted(continuation);
        }
        else
        {
            awaiter.UnsafeOnCompleted(continuation);
        }
    }

    public override Task AsTask(ObjectRef reference, CancellationToken cancellationToken) => ((TaskEntry)reference.Target).Task.WaitAsync(cancellationToken);

    public override Task<T> AsTask<T>(ObjectRef<T> reference, CancellationToken cancellationToken) => Task(reference).WaitAsync(cancellationToken);

    public override ObjectRef<T> Component<T>(ObjectRef tuple, int index) => RayFake.Pending(PartAsync<T>(tuple, index));

    public override void Release(ObjectRef reference)
    {
        // A task of this process is collected like any other object.
    }

    private static Task<T> Task<T>(ObjectRef<T> reference) => (Task<T>)((TaskEntry)reference.Target).Task;

    private static async Task<T> PartAsync<T>(ObjectRef tuple, int index)
    {
        TaskEntry entry = (TaskEntry)tuple.Target;
        await entry.Task.ConfigureAwait(false);
        return (T)((ITuple)entry.Value()!)[index]!;
    }
}
