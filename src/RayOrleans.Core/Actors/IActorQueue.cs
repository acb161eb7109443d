namespace RayOrleans.Core;

/// <summary>What the task machine needs of the actors' mailboxes.</summary>
internal interface IActorQueue
{
    /// <summary>The call's inputs have settled: it takes its place in the mailbox.</summary>
    void OnInputsSettled(TaskRecord call);

    /// <summary>The call waits for inputs or for its back-off.</summary>
    void OnWaiting(TaskRecord call);

    /// <summary>Takes a call that has not started out of the mailbox.</summary>
    void Remove(TaskRecord call);

    /// <summary>A call reached a terminal state.</summary>
    void OnCallEnded(TaskRecord call);

    /// <summary>A construction failed or was cancelled: the actor never lives, or never again.</summary>
    void OnCreationFailed(TaskRecord creation);
}
