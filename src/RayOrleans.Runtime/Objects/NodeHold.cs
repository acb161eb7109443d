using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>What every hold of a node does for its references: read, wait, name.</summary>
internal abstract class NodeHold(NodeServices node) : ObjectHold
{
    public NodeServices Node => node;

    public override object Runtime => node;

    public override ObjectId IdOf(object target) => ((ObjectEntry)target).Id;

    public override bool IsReady(object target) => ((ObjectEntry)target).IsSettled;

    public override bool IsReadable(object target) => ((ObjectEntry)target) is { IsSettled: true } entry && !SpilledReads.Needs(entry);

    public override T Read<T>(ObjectRef<T> reference)
    {
        ObjectEntry entry = (ObjectEntry)reference.Target;
        TaskScope? scope = TaskScope.CurrentOf(node);
        if (!entry.IsSettled)
        {
            node.Waits.Wait(entry, scope, Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        T value = node.Codec.Read<T>(entry, scope);
        if (node.Cluster is { Flow: { Wants: true } flow })
        {
            flow.Add(FlowStep.Got, entry.TaskId, entry.Producer?.Name, entry.Id);
        }

        GC.KeepAlive(reference);
        return value;
    }

    public override void ThrowIfFailed(ObjectRef reference)
    {
        ObjectEntry entry = (ObjectEntry)reference.Target;
        if (!entry.IsSettled)
        {
            node.Waits.Wait(entry, TaskScope.CurrentOf(node), Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        if (entry.Status == ObjectStatus.Failed)
        {
            throw node.Codec.Failed(entry, TaskScope.CurrentOf(node)?.Code);
        }

        GC.KeepAlive(reference);
    }

    public override void OnCompleted(ObjectRef reference, Action continuation, bool flowContext) =>
        node.Waits.OnCompleted(reference, continuation, flowContext);

    public override async Task AsTask(ObjectRef reference, CancellationToken cancellationToken)
    {
        await node.Waits.WaitAsync([(ObjectEntry)reference.Target], 1, failFast: false, Timeout.InfiniteTimeSpan, cancellationToken);
        ThrowIfFailed(reference);
    }

    public override async Task<T> AsTask<T>(ObjectRef<T> reference, CancellationToken cancellationToken)
    {
        ObjectEntry entry = (ObjectEntry)reference.Target;
        await node.Waits.WaitAsync([entry], 1, failFast: false, Timeout.InfiniteTimeSpan, cancellationToken);
        IReadOnlyList<StorePin>? pins = SpilledReads.Needs(entry) ? await node.Spilled.HoldAsync(entry, cancellationToken) : null;
        try
        {
            return Read(reference);
        }
        finally
        {
            SpilledReads.Release(pins);
        }
    }

    public override ObjectRef<T> Component<T>(ObjectRef tuple, int index)
    {
        TaskRecord task = ((ObjectEntry)tuple.Target) as TaskRecord
            ?? throw new InvalidOperationException($"{tuple} is not the result of a function that returns a tuple; get its value and take that apart.");
        ObjectEntry part = task.Parts![index];
        node.Gate.Do(engine => engine.Hold(part));
        ObjectRef<T> result = new(new LocalHold(node, part, bySubmitter: false), part);
        GC.KeepAlive(tuple);
        return result;
    }
}
