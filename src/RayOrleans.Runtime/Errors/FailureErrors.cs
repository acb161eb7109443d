using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Failures as the exceptions of the API. Every getter gets an exception of its own; only the original cause is shared.</summary>
internal static class FailureErrors
{
    public static Exception ToException(ObjectEntry entry, NodeServices node)
    {
        if (entry.Value is not Failure failure)
        {
            return new ObjectLostException($"Object {entry.Id} is gone: nobody held it any more, or its runtime was shut down.");
        }

        Exception? cause = failure.Cause as Exception;
        return failure.Kind switch
        {
            FailureKind.UserError => User(failure, entry, node, cause!),
            FailureKind.Cancelled => new RayTaskCancelledException(failure.Message, cause),
            FailureKind.WorkerCrashed => new WorkerCrashedException(failure.Message, cause),
            FailureKind.NodeDied => new NodeDiedException(failure.Message, cause),
            FailureKind.Shutdown => new NodeDiedException(failure.Message, cause),
            FailureKind.ObjectLost or FailureKind.ObjectFreed => new ObjectLostException(failure.Message, cause),
            FailureKind.ReconstructionFailed => new ObjectReconstructionFailedException(failure.Message, cause),
            FailureKind.ActorDied => new ActorDiedException(failure.Message, cause is ActorExitException ? null : cause),
            FailureKind.ActorUnavailable => new ActorUnavailableException(failure.Message, cause),
            FailureKind.Unschedulable => new TaskUnschedulableException(failure.Message, cause),
            FailureKind.PlacementGroupRemoved => new PlacementGroupRemovedException(failure.Message, cause),
            FailureKind.StoreFull => new ObjectStoreFullException(failure.Message, cause),
            FailureKind.Serialization => new RaySerializationException(failure.Message, cause),
            _ => new RayException(failure.Message, cause),
        };
    }

    private static RayTaskException User(Failure failure, ObjectEntry entry, NodeServices node, Exception cause) =>
        new(failure.FunctionName ?? "?", node.NodeId, failure.Attempt, cause)
        {
            TaskId = failure.Source,
            ActorId = entry.Producer?.Actor?.Id ?? ActorId.None,
            OriginalTypeName = cause.GetType().FullName,
            RemoteStackTrace = cause is RayTaskException inner ? inner.ToString() : cause.StackTrace,
        };
}
