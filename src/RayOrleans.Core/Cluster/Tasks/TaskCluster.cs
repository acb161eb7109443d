namespace RayOrleans.Core;

/// <summary>The other nodes, as the task machine sees them.</summary>
internal sealed class TaskCluster(
    ObjectTable objects,
    TaskMachine tasks,
    Publications publications,
    ObjectFetches fetches,
    TaskPlacement placement,
    TaskForwarder forwarder,
    ForeignTasks foreign,
    RemoteActors actors,
    Action pump) : ITaskCluster
{
    public void Place(TaskRecord task) => placement.Place(task);

    public void Need(ObjectEntry entry) => fetches.Need(entry);

    public void AwaitArguments(TaskRecord task) => objects.Arguments!.Await(task);

    public void Count(TaskRecord task, Action counted) => publications.Count(task, counted);

    public void Recall(TaskRecord task, bool byForce)
    {
        placement.Forget(task);
        forwarder.Recall(task, byForce);
        if (task is { Kind: TaskKind.ActorCall, Actor: { } actor })
        {
            actors.Calls.Flush(actor);
        }
    }

    public void EndForeign(TaskRecord task, in Outcome outcome)
    {
        foreign.End(task, in outcome);
        if (task.Kind == TaskKind.ActorCreation && outcome.Failure is { } failure)
        {
            if (outcome.Blame == Blame.None)
            {
                tasks.Actors.OnCreationFailed(task, failure);
            }
            else
            {
                // Whether and where it is constructed again is its manager's business.
                actors.EndHosted(task.Actor!, dispose: false, isFinal: false, failure.Message);
            }
        }
    }

    public void YieldForeign(TaskRecord task, int index, object? value, long size, ObjectEntry[]? contained)
    {
        foreign.Yield(task, index, value, size, contained);
        pump();
    }

    public void TellRoom(TaskRecord task) => forwarder.TellRoom(task);

    public void OnForeignEnded(TaskRecord task) => foreign.OnEnded(task);

    public void OnLineageEvicted(TaskRecord task) => publications.OnLineageEvicted(task);
}
