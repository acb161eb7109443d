using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>A wait as a task; true when it fired, false when it was given up.</summary>
internal sealed class TaskWaiter(TaskScope? scope) : Watcher
{
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<bool> Task => _completion.Task;

    public override void Fire()
    {
        scope?.EndAwait();
        _completion.TrySetResult(true);
    }

    /// <summary>Ends the wait without the objects. The caller has taken the watcher off its entries.</summary>
    public void GiveUp()
    {
        scope?.EndAwait();
        _completion.TrySetResult(false);
    }
}
