namespace RayOrleans.Runtime;

/// <summary>
/// Runs the tasks that user code starts beside its attempt on the node's <see cref="SideThreads"/>. Two kinds: a node's own, which is
/// <see cref="TaskScheduler.Current"/> on its worker threads (for <c>Task.Factory.StartNew</c>, <c>ContinueWith</c> and awaits of synchronous functions),
/// and one without a node, which goes by the flow that starts the task (for <see cref="ParallelDefaults"/>) and gives the rest to the .NET pool, as the default scheduler does.
/// </summary>
/// <param name="side">The node's threads; null: those of the attempt whose flow starts the task, if there is one.</param>
internal sealed class UserScheduler(SideThreads? side) : TaskScheduler
{
    /// <summary>Runs the main function of a thread with this scheduler as the current one, for everything that the thread will do: so it costs an attempt nothing.</summary>
    public void Adopt(Action main)
    {
        SideThreads.Current = side;
        Task body = new(main, TaskCreationOptions.DenyChildAttach);
        body.RunSynchronously(this);
        body.GetAwaiter().GetResult();
    }

    /// <summary>Runs a task that was queued here.</summary>
    public void Run(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task)
    {
        SideThreads? threads = side ?? (RayAmbient.Current as TaskScope)?.Node.Side;
        if ((task.CreationOptions & TaskCreationOptions.LongRunning) != 0)
        {
            new Thread(() => Run(task)) { IsBackground = true, Name = "ray-side-long" }.UnsafeStart();
        }
        else if (threads is not null)
        {
            threads.Enqueue(this, task);
        }
        else
        {
            bool preferLocal = (task.CreationOptions & TaskCreationOptions.PreferFairness) == 0;
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Scheduler.Run(work.Task), (Scheduler: this, Task: task), preferLocal);
        }
    }

    /// <summary>Whoever waits for a task may run it. A node's own tasks stay on the node's threads: a thread of the pool is not theirs to burn.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        (side is null || SideThreads.Current == side) && TryExecuteTask(task);

    /// <summary>For debuggers only; the queues are elsewhere.</summary>
    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
