namespace RayOrleans.Core.Simulation.Tests;

/// <summary>The checkers of clusters are shown to find what they are there for.</summary>
public sealed class ClusterBrokenCopyTests
{
    private const int Seeds = 15_000;

    private const string Soak = "RayOrleans.Core.Simulation.Cluster.ClusterSoak";

    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "output commit is skipped", "Cluster/Objects/Publications.cs", "            PublishAll(head);\n        }\n\n        state.WaitForPublish(barrier);", "        }\n" },
        { "nothing is kept for the last messages of dead nodes", "Cluster/Tables/TableShard.cs", "        _options = options;\n", "        _options = options with { DeadHoldTicks = 0 };\n" },
        { "a copy that is gone stays in the index by node", "Cluster/Tables/TableRows.cs", "        if (!item.Locations.Remove(node))\n        {\n            return false;\n        }\n\n        _index.Remove(row, node);\n", "        if (!item.Locations.Remove(node))\n        {\n            return false;\n        }\n\n" },
        { "an owner that takes over is not in the index by node", "Cluster/Tables/TableRows.cs", "            row.Owner = owner;\n            _index.Add(row, owner);\n", "            row.Owner = owner;\n" },
        { "two owners use the same attempt numbers", "Cluster/Tables/RowSettler.cs", "row.FirstAttempt = Math.Max(row.FirstAttempt, (row.Epoch * TableRow.AttemptsPerOwner) + Attempt.OrdinalOf(row.FirstAttempt));", "row.FirstAttempt = 0;" },
        { "a stale outcome is accepted", "Tasks/TaskMachine.cs", "if (attempt.IsAbandoned || task.Current != attempt || task.State != TaskState.Running)\n        {\n            Refuse", "if (task.State == TaskState.Ready)\n        {\n            Refuse" },
        { "an outcome leaves before what is still held is reported", "Cluster/Tasks/ForeignTasks.cs", "shared.Uncover(covered, ending);", "shared.Uncover(covered, null);" },
        { "results are not held in transit", "Cluster/Tasks/ForeignTasks.cs", "            objects.Use(inner);\n            transit.Add(inner);\n", "" },
        { "who takes a record over is not given what lies elsewhere", "Cluster/Tables/RowSettler.cs", "row.Spec ?? row.Stored?.Read()", "row.Spec" },
        { "what makes a task again is never let go", "Cluster/Tables/TableLineage.cs", "            stored.Release();\n        }\n    }", "        }\n    }" },
        { "a batch of a stale epoch is applied", "Cluster/Tables/TableLinks.cs", "if (batch.ToEpoch != epoch)", "if (batch.ToEpoch > epoch)" },
        { "a repeated batch is applied again", "Cluster/Links/LinkReceiver.cs", "if (batch.Number != Last + 1)", "if (batch.Number > Last + 1)" },
        { "a dead node is listened to", "Cluster/ClusterLinks.cs", "(!batch.From.IsShard && _dead.Contains(batch.From.Node))", "batch.Messages.Count < 0" },
        { "a recalled attempt's inputs are let go at once", "Cluster/Tasks/TaskForwarder.cs", "                    Array.ForEach(inputs, objects.Use);\n                    _recalled[(task.TaskId, task.AttemptNumber, task.RunsOn)] = inputs;\n", "" },
        { "a batch that an activation given up answered stays where it is", "Cluster/Links/Link.cs", "answer.Kind == BatchVerdict.OtherEpoch && !IsClosed", "answer.Kind == BatchVerdict.OtherEpoch && IsClosed" },
        { "a shard concludes before it was told again", "Cluster/Tables/TableShard.cs", "_unsettled.Count == 0 || _republishing.Count > 0", "_unsettled.Count == 0" },
        { "the table forgets how a job has ended", "Cluster/Tables/TableJobs.cs", "with { Status = status, Reason = reason, EndedAt = at }", "with { Reason = reason, EndedAt = at }" },
        { "the table is not told which jobs a node has met", "Cluster/Jobs/JobTable.cs", "else if (id != JobId.None)", "else if (id == JobId.None)" },
        { "nobody is told that a job has ended", "Cluster/Tables/TableJobs.cs", "        row.Subscribers.Add(from);\n", "" },
        { "a shard that starts anew is not told of jobs", "Cluster/ShardRestarts.cs", "        jobs.TellAgain(link);\n", "" },
        { "a task that goes does not give its turn on", "Cluster/Objects/ArgumentAdmission.cs", "            _incomplete -= set.IsComplete ? 0 : 1;\n", "" },
        { "arguments are pulled without a turn", "Cluster/Objects/ObjectFetches.cs", "if (reason == FetchReason.Argument && state.AdmittedFor == 0)", "if (reason == FetchReason.Argument && state.AdmittedFor < 0)" },
        { "what a result put is not made again with it", "Tasks/NestedResults.cs", "        task.AddNested(entry);\n", "        entry.PartOf = null;\n" },
        { "a value keeps what is of its own record", "Cluster/Tables/ObjectStates.cs", "if (item.Contained.Count > 0 && !ownerHasCopy", "if (item.Contained.Count < 0 && !ownerHasCopy" },
        { "a put comes back before another node keeps it", "Cluster/Objects/Replicas.cs", "        if (replication == Replication.Kept)\n", "        if (replication != Replication.None)\n" },
        { "nobody keeps a copy in place of a keeper that died", "Cluster/Tables/ObjectStates.cs", "        if (replicas.Asked == NodeId.None)\n", "        if (replicas.Last == NodeId.None)\n" },
        { "a replicated value goes though something made from it may be lost", "Cluster/Tables/RowSettler.cs", "Replicas: not null, IsUnheld: false }", "Replicas: not null, IsUnheld: true }" },
        { "a keeper does not hold what its copy refers to", "Cluster/Objects/ObjectFetches.cs", "            if (!state.IsKeeping)\n", "" },
        { "an evicted task is run again", "Tasks/KeptLineage.cs", "            oldest.Payload = null;\n", "" },
        { "what runs again still counts as kept", "Objects/RebuildMachine.cs", "        task.Job.Lineage.Remove(task);\n", "" },
        { "a retry begins before it is counted", "Cluster/Objects/Publications.cs", "RetryRules.IsBounded(task) ? answered : null", "null" },
        { "an heir's attempt begins before it is counted", "Cluster/Objects/Adoption.cs", "        publications.Publish(head, counted);\n", "        publications.Publish(head);\n" },
        { "another version is served", "Cluster/Objects/SharedValues.cs", "entry && entry.Version == version ? (entry, entry.Value) : null", "entry ? (entry, entry.Value) : null" },
        { "a batch leaves while another is in flight", "Cluster/Links/Link.cs", "        if (InFlight is not null ||", "        if (InFlight is { Number: < 0 } ||" },
        { "a repeated attempt replaces results that are there", "Cluster/Tasks/TaskForwarder.cs", "task.Kept = kept.Length == 0 ? null : [.. kept];", "kept = []; task.Kept = null;" },
        { "results that were kept and then lost are not made again", "Tasks/TaskMachine.cs", "            RemakeKept(task);\n", "" },
        { "a task is sent on for ever", "Cluster/Tasks/TaskPlacement.cs", "task.Hops > 0 && task.Hops >= options.MaxHops &&", "task.Hops < 0 &&" },
        { "holds are not repeated to a shard that starts anew", "Cluster/ShardRestarts.cs", "            links.Send(shard, new HoldMessage(shared.RefOf(entry), state.Reported));\n", "            state.ReportAnswered();\n" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void ClusterMistake_Planted_IsFound(string mistake, string file, string text, string replacement)
    {
        string? failure = BrokenCopy.FirstFailure(file, text, replacement, start: 1, Seeds, Soak);

        Assert.True(failure is not null, $"{Seeds} seeds do not show that {mistake}.");
    }

    public static TheoryData<string, string, string, string> ActorMistakes => new()
    {
        { "an outcome of an earlier attempt is accepted", "Cluster/Tasks/TaskForwarder.cs", " || task.RunsOn != from || task.AttemptNumber != message.Attempt)\n        {\n            Refuse", " || task.RunsOn != from)\n        {\n            Refuse" },
        { "a host numbers the attempts of other nodes' calls", "Actors/ActorMachine.cs", "if (retry && !call.IsForeign && ", "if (retry && " },
        { "the failure of a constructor is the end of its actor", "Actors/ActorMachine.cs", "            Remote!.OnNotCreatedHere(actor, creation, failure);\n            return;\n", "            if (failure.Kind == FailureKind.Cancelled)\n            {\n                Remote!.OnNotCreatedHere(actor, creation, failure);\n                return;\n            }\n" },
        { "an actor that is taken over lets go of its arguments", "Cluster/Objects/Adoption.cs", "            tasks.Inputs.Use(head, inputs);\n", "" },
        { "results of actors are not made again", "Tasks/RetryRules.cs", "Actor.Options.MaxRestarts: not 0 }", "Actor.Options.MaxRestarts: 0 }" },
        { "a call that is made again does not count among its actor's", "Actors/ActorCalls.cs", "            call.CallNumber = 0;\n        }\n\n        CountCall(actor);\n", "            call.CallNumber = 0;\n        }\n" },
        { "an actor without a handle here is not looked for", "Cluster/Actors/RemoteActors.cs", "        links.SendToShardOf(handle.TaskId, new FindMessage(shared.RefOf(handle)));\n        return actor;", "        state.ReportAnswered();\n        return actor;" },
        { "a call that is sent back is reported as cancelled", "Cluster/Tasks/ForeignTasks.cs", "Message message = task == _sentBack", "Message message = task.Payload == this" },
    };

    [Theory]
    [MemberData(nameof(ActorMistakes))]
    public void ActorMistake_Planted_IsFound(string mistake, string file, string text, string replacement)
    {
        string? failure = BrokenCopy.FirstFailure(file, text, replacement, start: 1, Seeds, "RayOrleans.Core.Simulation.Cluster.ActorSoak");

        Assert.True(failure is not null, $"{Seeds} seeds do not show that {mistake}.");
    }

    public static TheoryData<string, string, string, string> StreamMistakes => new()
    {
        { "items are not put in order", "Cluster/Tasks/ForeignTasks.cs", "if (task.Stream is not { } stream)", "if (task.Stream is not { Until: < 0 } stream)" },
        { "an attempt leaves out an item that was not accepted", "Cluster/Tasks/ForeignTasks.cs", "stream.Produced = message.Produced;", "stream.Produced = message.Produced + 1;" },
        { "a producer elsewhere is not told of room", "Cluster/Tasks/TaskForwarder.cs", "            links.Send(task.RunsOn, new StreamRoomMessage(task.TaskId, task.AttemptNumber, task.Stream!.Until));\n", "" },
        { "a producer elsewhere is let go on too far", "Cluster/Tasks/TaskForwarder.cs", "Until = stream.Until }", "Until = stream.Until + 1 }" },
        { "an item elsewhere is let go of before the owner holds it", "Cluster/Tasks/TaskForwarder.cs", "        SetResult(from, task, item, message.Item, received);\n", "        SetResult(from, task, item, message.Item, null);\n" },
    };

    [Theory]
    [MemberData(nameof(StreamMistakes))]
    public void StreamMistake_Planted_IsFound(string mistake, string file, string text, string replacement)
    {
        string? failure = BrokenCopy.FirstFailure(file, text, replacement, start: 1, Seeds, "RayOrleans.Core.Simulation.Cluster.StreamSoak");

        Assert.True(failure is not null, $"{Seeds} seeds do not show that {mistake}.");
    }

    [Fact]
    public void ClusterCopy_WithoutMistake_FindsNothing()
    {
        Assert.Null(BrokenCopy.FirstFailure("", "", "", start: 1, seeds: 120, Soak));
    }
}
