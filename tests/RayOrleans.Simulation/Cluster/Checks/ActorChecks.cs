namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Calls start on the object of their actor, one at a time, in the order of their caller.</summary>
internal static class ActorChecks
{
    public static void Start(ClusterWorld world, NodeBody body, ClusterActor actor)
    {
        world.Coverage.Hit(body.Task!.Parent.Node == body.Node ? "call from here" : "call from another node");
        if (body.Attempt!.Task.Actor!.Instance is not SimActorInstance instance || instance.Actor != actor || instance.Node != body.Node || instance.IsStopped)
        {
            throw new ViolationException($"{body} starts at an actor that does not live there");
        }

        if (instance.Running is { } other)
        {
            throw new ViolationException($"{body} starts while {other} runs on the same actor");
        }

        instance.Running = body;
        body.Instance = instance;
        InOrder(world, body, actor);
    }

    /// <summary>Why a call should not have failed for its actor's sake.</summary>
    public static string? WhyNot(ClusterWorld world, ClusterActor actor, Failure failure)
    {
        if (failure.Message.Contains("out of scope", StringComparison.Ordinal) || failure.Message.Contains("no handle is left", StringComparison.Ordinal))
        {
            return "its caller had a handle";
        }

        if (world.Losses > 0 && failure.Message.Contains("its constructor failed. Object", StringComparison.Ordinal))
        {
            // What it is constructed from may be lost for good.
            return null;
        }

        if (failure.Kind == FailureKind.ActorDied && actor is { Options.MaxRestarts: < 0, IsKilledForGood: false, HasFailedToStart: false })
        {
            return world is { Failures: > 0, ShardsEmptied: > 0 } ? null : "it restarts as often as it must";
        }

        return actor.IsKilled || actor.HasFailedToStart || world.Failures > 0 ? null : "nothing happened to the actor";
    }

    private static void InOrder(ClusterWorld world, NodeBody body, ClusterActor actor)
    {
        NodeBody caller = body.Task!.Parent;
        if (caller.Node.HasFailed || caller.IsAbandoned)
        {
            return;
        }

        List<(ClusterTask Call, TaskRecord Record)> waiting = actor.Waiting[caller];
        int at = waiting.FindIndex(w => w.Call == body.Task);
        bool isFirst = body.Attempt!.Number == 0;

        // A call that was on a node that died may have started there: it holds nothing up any more. Nor does one whose argument was lost on the way.
        bool HoldsUp((ClusterTask Call, TaskRecord Record) one) =>
            one.Record is { IsTerminal: false, AttemptNumber: 0 } && (world.Losses == 0 || one.Call.Code.Inputs.All(d => d.Size <= world.InlineBytes && d.Contained.Length == 0));
        if (at >= 0 && isFirst && waiting.Take(at).FirstOrDefault(HoldsUp) is { Call: { } earlier })
        {
            throw new ViolationException($"{body} starts before the caller's earlier call {earlier.Id}");
        }

        waiting.RemoveRange(0, at + 1);
        int incarnation = body.Attempt.Incarnation;
        if (actor.Incarnations.GetValueOrDefault(caller) > incarnation)
        {
            throw new ViolationException($"{body} starts in incarnation {incarnation}, and the caller had a call started in {actor.Incarnations[caller]}");
        }

        actor.Incarnations[caller] = incarnation;
    }
}
