namespace RayOrleans.Core;

/// <summary>Tasks that wait out their back-off before a certain attempt.</summary>
internal sealed class RetryQueue
{
    private readonly PriorityQueue<(TaskRecord Task, int Attempt), long> _queue = new();

    /// <summary>When the next one is due; null when none waits.</summary>
    public long? Next => _queue.TryPeek(out _, out long at) ? at : null;

    public void Add(TaskRecord task, long at) => _queue.Enqueue((task, task.AttemptNumber), at);

    /// <summary>Takes the next task whose time has come; null when there is none. One that ended or went on meanwhile is passed over.</summary>
    public TaskRecord? TryTake(long now)
    {
        while (_queue.TryPeek(out (TaskRecord Task, int Attempt) item, out long at) && at <= now)
        {
            _queue.Dequeue();
            if (item.Task.State == TaskState.Waiting && item.Task.AttemptNumber == item.Attempt)
            {
                return item.Task;
            }
        }

        return null;
    }
}
