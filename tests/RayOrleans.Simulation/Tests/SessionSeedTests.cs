using RayOrleans.Core.Simulation.Sessions;

namespace RayOrleans.Core.Simulation.Tests;

public sealed class SessionSeedTests
{
    private const string Soak = "RayOrleans.Core.Simulation.Sessions.SessionSoak";

    /// <summary>RAY_SIMULATION_SEEDS and RAY_SIMULATION_START choose other or more seeds, for long soaks.</summary>
    [Fact]
    public void SessionSeeds_AllCheckers_FindNothing()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_SEEDS"), out int c) ? c : 1_000;
        long start = long.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_START"), out long s) ? s : 1;

        string? failure = SessionSoak.FirstFailureOf(start, count);

        Assert.True(failure is null, failure);
    }

    [Fact]
    public void SessionSeeds_ReachEverything()
    {
        Dictionary<string, int> coverage = [];
        Assert.Null(SessionSoak.FirstFailureOf(1, 2_000, coverage));

        string[] expected =
        [
            "actor killed", "actor killed for good", "actor stopped", "attempt given up", "credit", "cancelled body stops", "driver goes on without its node", "crash", "crash that says whose", "driver has its answer", "driver killed", "excused failure", "given up before it was handed over", "item made", "memory ran out", "memory ran out for several", "reader left", "node starts ActorCall",
            "node starts ActorCreation", "node starts Normal", "process of a killed actor ended", "rider", "rider returned", "several suspects", "shared worker", "two attempts of a task in one process",
            "worker killed", "worker of its own",
        ];
        Assert.Empty(expected.Except(coverage.Keys));
    }

    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "an object goes with mentions of it on their way", "Sessions/SessionMachine.cs", "        if (known.Mentions == 0)\n", "        if (known.Mentions >= 0)\n" },
        { "a mentioned object is not held", "Sessions/SessionMachine.cs", "        entry.Holds++;\n", "" },
        { "what a process held is kept after its end", "Sessions/SessionMachine.cs", "            engine.ReleaseHold(known.Entry, bySubmitter: known.Entry is TaskRecord { SubmitterHolds: true });\n        }\n\n        session.Known.Clear();", "        }\n\n        session.Known.Clear();" },
        { "an attempt outlives its process", "Sessions/SessionMachine.cs", "                engine.Complete(attempt, CrashOf(session, attempt, end, blame), now);\n", "" },
        { "an actor outlives its process", "Sessions/SessionMachine.cs", "if (ReferenceEquals(actor.Instance, instance))", "if (actor.Instance is null)" },
        { "a driver's job goes on without it", "Sessions/SessionMachine.cs", "if (session.Job is { IsEnded: false } job)", "if (session.Job is { IsEnded: true } job)" },
        { "what a value refers to is not mentioned", "Sessions/SessionMachine.cs", "[.. entry.Contained.Select(c => Mention(session, c))]", "[.. entry.Contained.Select(RefOf)]" },
        { "the parts of a tuple are mentioned once only", "Sessions/ProcessObjects.cs", "_known[parts[i].Id].Mentions++;", "_known[parts[i].Id].Mentions += 0;" },
        { "a value that comes too late keeps what it mentions", "Sessions/ProcessMachine.cs", "            Known.Reject(in value);\n", "" },
        { "a wait is not told to the node", "Sessions/ProcessAttempts.cs", "        if (attempt.BlockCount++ == 0 && !attempt.IsEnded)\n", "        if (attempt.BlockCount++ == 0 && attempt.IsEnded)\n" },
        { "inputs are let go of before the outcome has left", "Sessions/ProcessAttempts.cs", "        bool counts = !attempt.IsAbandoned;\n", "        bool counts = !attempt.IsAbandoned;\n        foreach (ObjectEntry input in task.Inputs ?? [])\n        {\n            objects.ReleaseUse(input);\n        }\n\n        task.Inputs = null;\n" },
        { "an end passes no grant on", "Sessions/ProcessAttempts.cs", "        if (!attempt.IsBlocked)\n        {\n            PassOn(attempt);\n        }\n", "" },
        { "a wait passes no grant on", "Sessions/ProcessAttempts.cs", "IsBlocked: true));\n            PassOn(attempt);\n", "IsBlocked: true));\n" },
        { "a rider is not told of its CPU", "Engine/AttemptMachine.cs", "        next.Ledger = ledger;\n", "" },
        { "a grant that is passed on is given back too", "Engine/AttemptMachine.cs", "            if (!TryPassOn(attempt, ledger))\n            {\n                ledger.ReleaseCpu(attempt.Task.Options.Shape);\n            }\n", "            _ = TryPassOn(attempt, ledger);\n            ledger.ReleaseCpu(attempt.Task.Options.Shape);\n" },
        { "a rider that comes late waits for ever", "Sessions/Lease.cs", "        if (_free > 0)\n", "        if (_free > 1)\n" },
        { "who is only there is charged", "Tasks/Charges.cs", "if (blame != Blame.Culprit && limit != 0 &&", "if (blame == Blame.Suspect && limit != 0 &&" },
        { "who ends its process is not charged", "Tasks/Charges.cs", "        Charge(task, 1);\n", "" },
        { "who ends its process is not charged for what it was suspected of", "Tasks/Charges.cs", "            Charge(task, task.Suspected);\n", "" },
        { "a suspect shares a process again", "Tasks/Charges.cs", "            task.Options = task.Options with { Process = ProcessKind.Own, IsAlone = true };\n", "" },
        { "one of several suspects is charged", "Sessions/Verdict.cs", "return _session.Running.Count == 1 ?", "return _session.Running.Count >= 1 ?" },
        { "an end from outside is blamed on somebody", "Sessions/Verdict.cs", "        if (!_end.IsOwnDoing)\n        {\n            return Blame.Bystander;\n        }\n\n        if (!", "        if (!" },
        { "an actor pays for what others did", "Sessions/Verdict.cs", "return _actors.GetValueOrDefault(actor, Blame.Bystander);", "return _actors.GetValueOrDefault(actor, Blame.Culprit);" },
        { "one of several of a caller is charged for memory", "Sessions/Verdict.cs", "_isAlone && _end.HasSiblings &&", "!_isAlone && _end.HasSiblings &&" },
        { "several are charged for the memory that they share", "Sessions/Verdict.cs", "Blame.Bystander : _isAlone ? Blame.Culprit : Blame.Suspect;", "Blame.Bystander : Blame.Culprit;" },
        { "a repeated item is accepted again", "Tasks/StreamMachine.cs", "        if (index < stream.Produced)\n", "        if (index < stream.Produced - 1)\n" },
        { "a producer does not wait for its reader", "Tasks/StreamMachine.cs", "        if (index < stream.Until || attempt", "        if (index < stream.Until + 1 || attempt" },
        { "a producer is let go on too far", "Tasks/StreamRecord.cs", "(long)Taken + _window)", "(long)Taken + _window + 1)" },
        { "a producer is not told that it may go on", "Tasks/StreamMachine.cs", "            session.Messages.Add(new CreditMessage(task.TaskId, attempt.Number, stream.Until));\n", "" },
        { "a repeated producer has no credit of before", "Sessions/SessionMachine.cs", "            Until = task.Stream?.Until ?? 0,\n", "            Until = 1,\n" },
        { "a producer that waits is not told that it was given up", "Sessions/ProcessAttempts.cs", "            StreamMachine.Resume(objects, made);\n", "" },
        { "an item is not mentioned to its reader", "Sessions/SessionMachine.cs", ": ToValue(session, item, mention: true);", ": ToValue(session, item, mention: false);" },
        { "an actor's calls have no order in its process", "Sessions/ProcessAttempts.cs", "            attempt.StartNumber = actor!.Started++;\n", "" },
        { "an item that was taken is kept", "Tasks/StreamMachine.cs", "        objects.Hold(item);\n        objects.ReleaseUse(item);\n", "        objects.Hold(item);\n" },
        { "an item that was told is kept", "Sessions/StreamFeed.cs", "            objects.ReleaseUse(item);\n", "" },
        { "items for a reader that left are kept", "Sessions/ProcessMachine.cs", "            _objects.DeleteIfUnheld(Known.Mention(item));\n", "" },
        { "a node does not hear what was taken", "Sessions/StreamFeed.cs", "        stream.Taken = taken;\n", "" },
        { "a stream ends before its last item", "Sessions/StreamFeed.cs", "if (task.IsTerminal && stream.Buffered == 0)", "if (task.IsTerminal)" },
        { "a reader does not hear of the end", "Tasks/TaskMachine.cs", "            StreamMachine.Tell(_objects, stream);\n", "" },
        { "a stream outlives the process that reads it", "Sessions/SessionMachine.cs", "        _streams.Close(session);\n", "" },
        { "a reader that leaves is not told to the node", "Sessions/ProcessStreams.cs", "            messages.Add(new LeaveStreamMessage(task.TaskId));\n", "" },
        { "attempts of a task have one place at the node", "Sessions/NodeSession.cs", "Attempt> Running { get; } = [];", "Attempt> Running { get; } = new(EqualityComparer<(TaskId Task, int Attempt)>.Create(static (a, b) => a.Task == b.Task, static a => a.Task.GetHashCode()));" },
        { "attempts of a task have one place in their process", "Sessions/ProcessAttempts.cs", "Attempt> _running = [];", "Attempt> _running = new(EqualityComparer<(TaskId Task, int Attempt)>.Create(static (a, b) => a.Task == b.Task, static a => a.Task.GetHashCode()));" },
        { "incarnations of an actor have one place at the node", "Sessions/NodeSession.cs", "ActorRecord> Instances { get; } = [];", "ActorRecord> Instances { get; } = new(EqualityComparer<ProcessInstance>.Create(static (a, b) => a!.Actor == b!.Actor, static a => a.Actor.GetHashCode()));" },
        { "incarnations of an actor have one place in their process", "Sessions/ProcessAttempts.cs", "ActorRecord> _instances = [];", "ActorRecord> _instances = new(EqualityComparer<(ActorId Actor, int Incarnation)>.Create(static (a, b) => a.Actor == b.Actor, static a => a.Actor.GetHashCode()));" },
        { "a killed actor stays in its process", "Actors/ActorMachine.cs", "            _outbox.Add(EffectKind.KillInstance, actor, instance);\n", "" },
        { "a killed actor cleans up", "Sessions/ProcessAttempts.cs", "        if (message.Dispose)\n", "        if (message.Dispose || actor.Instance is not null)\n" },
        { "an attempt that was given up is handed over", "Engine/NodeEngine.Sessions.cs", "        if (!attempt.IsAbandoned)\n", "        if (!attempt.IsAbandoned || attempt.Session is null)\n" },
        { "a call that was not handed over is charged for its actor's end", "Actors/ActorMachine.cs", "call.RetriesUsed += hasBegun ? 1 : 0;", "call.RetriesUsed++;" },
        { "what is submitted after the node's end waits for ever", "Sessions/ProcessMachine.cs", "        _closedBecause ??= why;\n", "" },
        { "an attempt that was given up has no end", "Sessions/ProcessAttempts.cs", "            messages.Add(new AttemptEndedMessage(task.TaskId, attempt.Number, [], cancelled, IsRetriable: false, null));\n", "" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void SessionMistake_Planted_IsFound(string mistake, string file, string text, string replacement)
    {
        string? failure = BrokenCopy.FirstFailure(file, text, replacement, start: 1, 10_000, Soak);

        Assert.True(failure is not null, $"10,000 seeds do not show that {mistake}.");
    }

    [Fact]
    public void SessionCopy_WithoutMistake_FindsNothing()
    {
        Assert.Null(BrokenCopy.FirstFailure("", "", "", start: 1, seeds: 300, Soak));
    }
}
