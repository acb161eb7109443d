namespace RayOrleans.Core;

/// <summary>What blocked attempts wait for is served first, and what that needs.</summary>
internal sealed class WantedTasks(Dispatcher dispatcher)
{
    private readonly Stack<TaskRecord> _wanted = new();

    /// <summary>Marks what a blocked attempt waits for, so that it is served first.</summary>
    public void Want(TaskRecord task)
    {
        _wanted.Push(task);
        while (_wanted.TryPop(out TaskRecord? next))
        {
            if (next.IsWanted || next.IsTerminal)
            {
                continue;
            }

            if (next.State == TaskState.Ready && next.Kind != TaskKind.ActorCall)
            {
                dispatcher.Promote(next);
                continue;
            }

            next.IsWanted = true;
            if (next.Kind == TaskKind.ActorCall)
            {
                // It also waits for its actor's construction, and for the inputs of the caller's calls before it.
                _wanted.Push(next.Actor!.Creation);
                if (next is { IsHeldBack: true, QueuePrevious: { } earlier })
                {
                    _wanted.Push(earlier);
                }
            }

            for (int i = 0; next.State == TaskState.Waiting && next.Inputs is not null && i < next.DependencyCount; i++)
            {
                if (!next.Inputs[i].IsSettled && next.Inputs[i].Producer is { } producer)
                {
                    _wanted.Push(producer);
                }
            }
        }
    }
}
