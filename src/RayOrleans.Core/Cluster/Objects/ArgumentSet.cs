namespace RayOrleans.Core;

/// <summary>The arguments that one task needs here together. Written only under the engine's lock.</summary>
internal sealed class ArgumentSet(ArgumentAdmission admission, TaskRecord task)
{
    public TaskRecord Task => task;

    /// <summary>Its place in the order of arrival; 0: it has not come yet.</summary>
    public long Number { get; set; }

    /// <summary>Among those that wait, or those that are admitted; null: neither.</summary>
    public LinkedListNode<ArgumentSet>? Place { get; set; }

    public bool IsAdmitted { get; set; }

    /// <summary>Whether all of it is here; its bytes count until the task starts.</summary>
    public bool IsComplete { get; set; }

    /// <summary>What is counted for it while it is admitted.</summary>
    public List<SharedState> Counted { get; } = [];

    /// <summary>The inputs before this one existed when they were last looked at.</summary>
    public int Cursor { get; set; }

    /// <summary>How many objects had been lost when all of its inputs that were missing were watched.</summary>
    public long LossesSeen { get; set; }

    /// <summary>The task has come into another state.</summary>
    public void OnState(TaskState state) => admission.OnState(this, state);
}
