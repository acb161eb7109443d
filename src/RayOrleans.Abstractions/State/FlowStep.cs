namespace RayOrleans;

/// <summary>The steps of a task and of a value between nodes, as in figure 7 of the paper "Ray: A Distributed Framework for Emerging AI Applications".</summary>
public enum FlowStep
{
    /// <summary>The program's functions were put into the function table (step 0).</summary>
    Registered,

    /// <summary>A task was given to its node's local scheduler (7a, step 1).</summary>
    Submitted,

    /// <summary>The local scheduler asked a global scheduler (7a, step 2).</summary>
    Forwarded,

    /// <summary>The global scheduler, which has read the object table and the nodes' load, chose a node (7a, steps 3 and 4).</summary>
    Placed,

    /// <summary>The chosen node's local scheduler has the task (7a, step 4).</summary>
    Received,

    /// <summary>An object is not in the node's store: the object table is asked (7a, step 6; 7b, step 2).</summary>
    LookedUp,

    /// <summary>The object table said who has the object (7a, step 6; 7b, step 5).</summary>
    Located,

    /// <summary>The object was copied from store to store (7a, step 7; 7b, step 6).</summary>
    Copied,

    /// <summary>A worker runs the task, with its arguments in the local store (7a, steps 8 and 9).</summary>
    Executed,

    /// <summary>The result is in the node's store, and its location in the object table (7b, steps 3 and 4).</summary>
    Stored,

    /// <summary>The owner accepted the outcome.</summary>
    Completed,

    /// <summary>A getter waits for a value that is not here (7b, steps 1 and 2).</summary>
    Waited,

    /// <summary>The getter has the value (7b, step 7).</summary>
    Got,
}
