namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What code reads is right, or fails for a reason that was there.</summary>
internal static class ReadChecks
{
    /// <summary>The value of an object; null where the node's answers do not count.</summary>
    public static SimBlob? Value(ClusterWorld world, NodeBody body, ObjectEntry entry, Denotation expected, bool isArgument)
    {
        if (entry.Status != ObjectStatus.Available)
        {
            throw new ViolationException($"{body} should read {entry.Id}, which is {entry.Status}");
        }

        SimBlob? blob = entry.Value as SimBlob ?? (entry.Value as SimCopy)?.Blob;
        world.Note("reads", body.Node.Number, body.Number, blob?.Instance ?? -1, entry.Id);
        if (entry.Value is SimCopy copy && (copy.IsDiscarded || copy.Node != body.Node))
        {
            throw new ViolationException($"{body} reads a copy of {entry.Id} that {(copy.IsDiscarded ? "was discarded" : "lies on another node")}");
        }

        if (blob is null || blob.Id != entry.Id || blob.Number != expected.Number || expected.IsFault)
        {
            throw new ViolationException($"{body} reads {blob} as the value of {entry.Id}; it should be {(expected.IsFault ? "a failure" : expected.Number)}");
        }

        // An argument that travelled along is a copy without history.
        if (blob.Version != entry.Version && !(isArgument && entry.Version == 0))
        {
            throw new ViolationException($"{body} reads attempt {blob.Version} of {entry.Id}, which says it is {entry.Version}");
        }

        ObjectEntry[] contained = entry.Contained ?? [];
        for (int i = 0; i < contained.Length; i++)
        {
            if (i >= blob.Contained.Length || contained[i].Id != blob.Contained[i])
            {
                throw new ViolationException($"{entry.Id} says that it refers to {contained[i].Id}, its value to {blob.Contained.ElementAtOrDefault(i)}");
            }
        }

        VersionChecks.Seen(world, body.Node, blob);
        return blob;
    }

    /// <summary>A read failed.</summary>
    public static void Failure(ClusterWorld world, NodeBody body, SimObjectInfo subject, Failure failure)
    {
        world.Note("reads failure", body.Node.Number, body.Number, (int)failure.Kind, subject.Id);
        world.Coverage.Hit($"failure {failure.Kind}");
        if (failure.Message.Contains("lineage evicted", StringComparison.Ordinal))
        {
            world.Coverage.Hit("lineage evicted");
        }

        if (body.Node.HasFailed || body.Job.IsOver || body.IsAbandoned || IsBelowLost(body))
        {
            return;
        }

        if (WhyNot(world, failure, IsHeld(body, subject.Id, failure)) is { } why)
        {
            throw new ViolationException($"{body} reads a failure of {subject.Id} that was never there ({why}): {Words(failure)}");
        }
    }

    /// <summary>Whether an attempt above it no longer counts, so that it may be cut off any time.</summary>
    private static bool IsBelowLost(NodeBody body)
    {
        for (NodeBody? at = body; at is not null; at = at.Task?.Parent)
        {
            if (at.IsAbandoned || at.Node.HasFailed || (at.Task is { } task && task.SeenAttempts.Max() > at.Attempt!.Number))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the run had a reference to what is gone, and not only to what was made from it.</summary>
    private static bool IsHeld(NodeBody body, ObjectId subject, Failure failure) => failure.Source == subject.Task && !(body.Attempt?.Number > 0);

    /// <summary>Why the failure should not be.</summary>
    /// <param name="world">The world.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="isHeld">Whether code has had a reference to the object all along; what only lineage keeps may be gone when a task runs again.</param>
    private static string? WhyNot(ClusterWorld world, Failure failure, bool isHeld)
    {
        ClusterTask? task = world.Tasks.GetValueOrDefault(failure.Source);
        SimObjectInfo? put = world.Objects.GetValueOrDefault(new ObjectId(failure.Source, ObjectId.PutIndex));
        switch (failure.Kind)
        {
            case FailureKind.UserError:
            case FailureKind.WorkerCrashed:
                if (failure.Cause is not ClusterFault fault || fault.Body.Task?.Id != failure.Source)
                {
                    return "no run failed like that";
                }

                return fault.Kind switch
                {
                    FaultKind.Code => null,
                    FaultKind.Read => WhyNot(world, fault.Read!, IsHeld(fault.Body, fault.Subject, fault.Read!)),
                    FaultKind.Cancelled => task!.MayBeCancelled ? null : "it was not cancelled",
                    _ => task!.MayBeExhausted(world) ? null : "it had retries left",
                };
            case FailureKind.ActorDied when failure.Cause is null && failure.Message.Contains("its constructor failed. Actor", StringComparison.Ordinal):
                // An argument of its was the result of a call of another actor, which is the source.
                return world.Losses > 0 || task?.Actor is { IsKilled: true } or { HasFailedToStart: true } ? null : "nothing happened to what it is constructed from";
            case FailureKind.ActorDied or FailureKind.ActorUnavailable when task?.Actor is { } actor:
                return ActorChecks.WhyNot(world, actor, failure);
            case FailureKind.ActorDied when failure.Message.Contains("its constructor failed", StringComparison.Ordinal):
                // With what failed below it as the source.
                return failure.Cause is null ? world.Losses > 0 ? null : "nothing was lost" : WhyNot(world, failure with { Kind = FailureKind.UserError }, isHeld);
            case FailureKind.Cancelled:
                return task is { MayBeCancelled: true } ? null : "nobody cancelled it";
            case FailureKind.ObjectFreed:
                return world.Objects.Values.Any(o => o.Id.Task == failure.Source && o.IsFreed) ? null : "nobody freed it";
            case FailureKind.NodeDied:
                return task?.MayBeExhausted(world) == true && world.Failures > 0 ? null : "it had retries left";
            case FailureKind.ObjectLost or FailureKind.ReconstructionFailed when LineageChecks.Explains(world, failure):
                return null;
            case FailureKind.ObjectLost:
                return put is not null ? WhyPutNotLost(world, put, isHeld) : WhyTaskNotLost(world, task, failure);
            case FailureKind.ReconstructionFailed:
                if (put is not null)
                {
                    return WhyPutNotLost(world, put, isHeld);
                }

                return task?.MayBeExhausted(world) == true || task is { MayBeCancelled: true } || WhyTaskNotLost(world, task, failure) is null ? null : "it had retries left";
            default:
                return "nothing like that happens here";
        }
    }

    private static string? WhyPutNotLost(ClusterWorld world, SimObjectInfo put, bool isHeld)
    {
        if (put is { IsFreed: false, Replicas.MayBeLost: false })
        {
            return "two nodes kept it, and one of them did at any time";
        }

        if (put.IsFreed || (!isHeld && world.Losses > 0) || (put.Maker.HasFailed && (put.IsStored || put.Expected.Size > world.InlineBytes || world.ShardsEmptied > 0)))
        {
            return null;
        }

        return put.Maker.HasFailed ? "a small value is in the object table" : "the node that has it lives";
    }

    /// <summary>A call is made again by its caller's node, and by nobody in its place, if that is allowed and its actor is there.</summary>
    private static bool IsLostCall(ClusterWorld world, ClusterTask task, Failure failure)
    {
        if (task is not { Kind: TaskKind.ActorCall, Actor: { } actor } || world.Losses == 0)
        {
            return false;
        }

        bool isActorGone = failure.Message.Contains("its actor is gone", StringComparison.Ordinal);
        bool isWithoutHandles = isActorGone
            && (failure.Message.Contains("out of scope", StringComparison.Ordinal) || failure.Message.Contains("no handle is left", StringComparison.Ordinal)
                || failure.Message.Contains("does not know it any more", StringComparison.Ordinal));
        world.Coverage.Hit(isWithoutHandles ? "lost with an actor without handles" : isActorGone ? "lost with its actor" : "lost call");
        return task.Parent.Node.HasFailed || !task.IsMadeAgain || isWithoutHandles
            || (isActorGone && ActorChecks.WhyNot(world, actor, failure with { Kind = FailureKind.ActorDied }) is null);
    }

    /// <summary>Items of streams are made once: one that is lost with the node that had it is not made again.</summary>
    private static bool IsLostItem(ClusterWorld world, ClusterTask task) => task.Code.Items is not null && world.Losses > 0;

    /// <summary>With its table shard and its node gone at the same time, a task is forgotten; and so is what was freed by its user.</summary>
    private static string? WhyTaskNotLost(ClusterWorld world, ClusterTask? task, Failure failure) =>
        task is not null && (IsLostCall(world, task, failure) || IsLostItem(world, task) || (world.ShardsEmptied > 0 && world.Failures > 0) || task.MayBeCancelled || world.Objects.Values.Any(o => o.Id.Task == task.Id && o.IsFreed))
            ? null
            : "its task is known";

    private static string Words(Failure failure)
    {
        string text = $"{failure.Kind} of {failure.Source}, {failure.Message}";
        for (Failure? read = (failure.Cause as ClusterFault)?.Read; read is not null; read = (read.Cause as ClusterFault)?.Read)
        {
            text += $" <- {read.Kind} of {read.Source}, {read.Message}";
        }

        return text;
    }
}
