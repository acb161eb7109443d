using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>The runtime as the program that started it sees it. Disposing of it ends the job and the node.</summary>
internal sealed class DriverRay(Func<ValueTask> stop, NodeServices node, JobRecord job, string @namespace) : RayScope(node, job, @namespace)
{
    public override CancellationToken Token => CancellationToken.None;

    public override RayContext Context => new()
    {
        JobId = Job.Id,
        TaskId = Job.Root,
        NodeId = Node.NodeId,
        Namespace = Namespace,
    };

    protected override Attempt? Parent => null;

    public override TaskId NextId() => Job.NextChildId();

    public override void ExitActor() => throw new InvalidOperationException("Ray.ExitActor was called outside of an actor's methods.");

    public override ValueTask DisposeAsync() => stop();
}
