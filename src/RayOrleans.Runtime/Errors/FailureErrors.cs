using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Failures as the exceptions of the API. Every getter gets an exception of its own; only the original cause is shared.</summary>
internal static class FailureErrors
{
    /// <param name="entry">The failed object.</param>
    /// <param name="node">The node that serves the getter.</param>
    /// <param name="serializer">The serialiser of the getter's code, for causes that came from other nodes; null: the node's own.</param>
    public static Exception ToException(ObjectEntry entry, NodeServices node, ValueSerializer? serializer = null)
    {
        if (entry.Value is not Failure failure)
        {
            string why = node.Stopped is { } stopped ? $"the runtime serves nothing any more: {stopped}" : "nobody held it any more";
            return new ObjectLostException($"Object {entry.Id} is gone: {why}.") { ObjectId = entry.Id, Reason = why };
        }

        NodeId where = failure.Node == NodeId.None ? node.NodeId : failure.Node;
        Exception? cause = (failure.Cause as PackedCause)?.Unpack(serializer ?? node.Serializer) ?? failure.Cause as Exception;
        string function = failure.FunctionName ?? "";
        return failure.Kind switch
        {
            FailureKind.UserError => User(failure, entry, where, cause!),
            FailureKind.Cancelled => new RayTaskCancelledException(failure.Message, cause) { TaskId = failure.Source, FunctionName = function, HadStarted = failure.HadStarted },
            FailureKind.WorkerCrashed => new WorkerCrashedException(failure.Message, cause) { NodeId = where, FunctionName = function, Attempt = failure.Attempt },
            FailureKind.NodeOutOfMemory => OutOfMemory(failure, cause as NodeOutOfMemoryException, where),
            FailureKind.RuntimeEnv => new RuntimeEnvException(failure.Message, cause) { NodeId = where },
            FailureKind.NodeDied or FailureKind.Shutdown => new NodeDiedException(failure.Message, cause) { NodeId = where, TaskId = failure.Source },
            FailureKind.ObjectLost or FailureKind.ObjectFreed => new ObjectLostException(failure.Message, cause) { ObjectId = LostOf(failure, entry), Reason = failure.Message },
            FailureKind.ReconstructionFailed => new ObjectReconstructionFailedException(failure.Message, cause) { ObjectId = LostOf(failure, entry), Reason = failure.Message, Attempts = failure.Attempt + 1 },
            FailureKind.ActorDied => Died(failure, entry, where, cause),
            FailureKind.ActorUnavailable => Unavailable(failure, entry, where, cause),
            FailureKind.Unschedulable => new TaskUnschedulableException(failure.Message, cause) { FunctionName = function, Request = entry.Producer?.Options.Shape.ToString() ?? "" },
            FailureKind.PlacementGroupRemoved => new PlacementGroupRemovedException(failure.Message, cause),
            FailureKind.StoreFull => StoreFull(failure, cause as ObjectStoreFullException, node),
            FailureKind.Serialization => new RaySerializationException(failure.Message, cause)
            {
                ValueType = (cause as RaySerializationException)?.ValueType,
                MemberPath = (cause as RaySerializationException)?.MemberPath ?? "",
            },
            _ => new RayException(failure.Message, cause),
        };
    }

    private static RayTaskException User(Failure failure, ObjectEntry entry, NodeId where, Exception cause) =>
        new(failure.FunctionName ?? "?", where, failure.Attempt, cause)
        {
            TaskId = failure.Source,
            ActorId = entry.Producer?.Actor?.Id ?? ActorId.None,
            OriginalTypeName = (cause as RemoteException)?.OriginalTypeName ?? cause.GetType().FullName,
            RemoteStackTrace = cause switch
            {
                RayTaskException inner => ExceptionText.AllOf(inner),
                RemoteException stand => stand.RemoteStackTrace,
                _ => ExceptionText.StackOf(cause),
            },
        };

    private static ActorDiedException Died(Failure failure, ObjectEntry entry, NodeId where, Exception? cause) =>
        new(failure.Message, cause is ActorExitException ? null : cause)
        {
            ActorId = entry.Producer?.Actor?.Id ?? ActorId.None,
            ActorName = entry.Producer?.Actor?.Options.Name ?? "",
            NodeId = where,
            Reason = failure.Message,
        };

    private static ActorUnavailableException Unavailable(Failure failure, ObjectEntry entry, NodeId where, Exception? cause) =>
        new(failure.Message, cause)
        {
            ActorId = entry.Producer?.Actor?.Id ?? ActorId.None,
            ActorName = entry.Producer?.Actor?.Options.Name ?? "",
            NodeId = where,
            Restarts = entry.Producer?.Actor?.RestartsUsed ?? 0,
        };

    /// <summary>For whoever waited for a value that does not come to this node.</summary>
    public static ObjectStoreFullException NoRoom(Refusal refusal, NodeServices node)
    {
        StoreTotals totals = node.Store.GetTotals();
        return new ObjectStoreFullException(refusal.Failure.Message)
        {
            NodeId = node.NodeId,
            RequestedBytes = refusal.Bytes,
            CapacityBytes = totals.CapacityBytes,
            UsedBytes = totals.UsedBytes,
            PinnedBytes = totals.PinnedBytes,
            SpilledBytes = totals.Spill.LiveBytes,
        };
    }

    private static NodeOutOfMemoryException OutOfMemory(Failure failure, NodeOutOfMemoryException? cause, NodeId where) => new(failure.Message)
    {
        NodeId = cause?.NodeId ?? where,
        FunctionName = failure.FunctionName ?? "",
        UsedBytes = cause?.UsedBytes ?? 0,
        LimitBytes = cause?.LimitBytes ?? 0,
    };

    private static ObjectStoreFullException StoreFull(Failure failure, ObjectStoreFullException? cause, NodeServices node) =>
        new(failure.Message, cause)
        {
            NodeId = node.NodeId,
            RequestedBytes = cause?.RequestedBytes ?? 0,
            CapacityBytes = cause?.CapacityBytes ?? 0,
            UsedBytes = cause?.UsedBytes ?? 0,
            PinnedBytes = cause?.PinnedBytes ?? 0,
        };

    /// <summary>The object that was lost first; its dependents carry the same failure.</summary>
    private static ObjectId LostOf(Failure failure, ObjectEntry entry) => failure.Source == entry.TaskId ? entry.Id : new ObjectId(failure.Source, 0);
}
