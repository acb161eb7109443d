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

    /// <summary>The task that constructs an actor ended without success.</summary>
    void OnCreationFailed(TaskRecord creation, Failure failure);

    /// <summary>The process that constructed an actor has ended: it is constructed anew, wherever that is decided.</summary>
    void OnConstructedAnew(TaskRecord creation);

    /// <summary>A call that had ended runs again, because what it made was lost.</summary>
    void OnResubmitted(TaskRecord call);

    /// <summary>A call reached a terminal state.</summary>
    void OnCallEnded(TaskRecord call);
}
