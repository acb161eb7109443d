namespace RayOrleans.Core.Simulation.Tests;

/// <summary>The checkers are shown to find what they are there for.</summary>
public sealed class BrokenCopyTests
{
    private const int Seeds = 3_000;

    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "a stale end is accepted", "Tasks/TaskMachine.cs", "if (attempt.IsAbandoned || task.Current != attempt || task.State != TaskState.Running)\n        {\n            Refuse", "if (task.State != TaskState.Running)\n        {\n            Refuse" },
        { "a cancelled task is accepted later", "Tasks/TaskMachine.cs", "if (attempt.IsAbandoned || task.Current != attempt || task.State != TaskState.Running)\n        {\n            Refuse", "if (task.State == TaskState.Running && task.Current != attempt)\n        {\n            Refuse" },
        { "an end counts twice", "Engine/NodeEngine.cs", "if (attempt.IsEnded)\n", "if (false)\n" },
        { "what a value refers to is freed", "Objects/ObjectTable.cs", "inner.Uses++;", "inner.Uses += 0;" },
        { "inputs are freed under a cancelled body", "Tasks/Cancellation.cs", "            attempt.HeldInputs = task.Inputs;\n            task.InputsUsed = false;", "" },
        { "a task starts without an input that was lost", "Tasks/TaskInputs.cs", "if (objects.AnyTakenAway && task.Inputs is { } inputs)", "if (task.Payload is string && task.Inputs is { } inputs)" },
        { "a blocked attempt keeps its CPU", "Engine/AttemptMachine.cs", "            ledger.ReleaseCpu(attempt.Task.Options.Shape);\n", "" },
        { "a resumed attempt does not take its CPU", "Engine/AttemptMachine.cs", "            ledger.ReacquireCpu(attempt.Task.Options.Shape);\n", "" },
        { "a CPU is granted that is not free", "Resources/ResourceLedger.cs", "(shape.Cpu > 0 && FreeCpu < shape.Cpu)", "(shape.Cpu > 0 && FreeCpu < 0)" },
        { "a GPU is granted twice", "Resources/ResourceLedger.cs", "_gpus[i] = 0;", "" },
        { "a share of a GPU is granted twice", "Resources/ResourceLedger.cs", "_gpus[best] -= amount;", "" },
        { "a dependent is not woken", "Objects/ObjectTable.cs", "for (; edge is not null; edge = edge.Previous)", "for (edge = edge.Previous; edge is not null; edge = edge.Previous)" },
        { "what a wanted task needs is not wanted", "Tasks/WantedTasks.cs", "                    _wanted.Push(producer);\n", "" },
        { "a wanted call's actor is not wanted", "Tasks/WantedTasks.cs", "_wanted.Push(next.Actor!.Creation);", "" },
        { "an actor's calls are swapped", "Actors/ActorCalls.cs", "actor.Lanes[call.Lane].Ready.Add(call);", "actor.Lanes[call.Lane].Ready.AddFirst(call);" },
        { "an actor runs one call too many", "Actors/ActorLane.cs", "Running < Limit", "Running <= Limit" },
        { "an actor without handles lives on", "Actors/ActorMachine.cs", "        actor.IsOutOfScope = true;\n", "" },
        { "an actor dies with calls waiting", "Actors/ActorMachine.cs", "!actor.IsManagedElsewhere && actor.PendingCalls == 0 &&", "!actor.IsManagedElsewhere &&" },
        { "a refused value leaks", "Tasks/TaskMachine.cs", "            Refuse(in outcome);\n", "" },
        { "a value is discarded twice", "Objects/ObjectTable.cs", "        outbox.Discard(value);\n", "        outbox.Discard(value); outbox.Discard(value);\n" },
        { "children of a lost attempt go on", "Tasks/TaskMachine.cs", "        Cancellation.CancelLostChildren(attempt);\n        Repeat(task, at);", "        Cancellation.DetachChildren(attempt);\n        Repeat(task, at);" },
        { "one retry too many", "Tasks/RetryRules.cs", "task.RetriesUsed < task.Options.MaxRetries", "task.RetriesUsed <= task.Options.MaxRetries" },
        { "a repeated stream gives its items again", "Tasks/StreamMachine.cs", "if (index < stream.Produced)", "if (index < 0)" },
        { "parts of a tuple go before they are asked for", "Tasks/TaskMachine.cs", "            ObjectTable.UseParts(task);\n", "" },
        { "a rebuild replaces what was not lost", "Objects/ObjectTable.cs", "if (entry.Status != ObjectStatus.Pending)\n        {\n            return false;\n        }\n\n        if (contained", "if (entry.Status == ObjectStatus.Deleted)\n        {\n            return false;\n        }\n\n        if (contained" },
        { "an actor that waits keeps the CPU it could lend", "Engine/AttemptMachine.cs", "            actors.OnBlocked(attempt);\n", "" },
        { "an actor's object is disposed of under a running call", "Actors/ActorMachine.cs", "if (running == 0)\n", "if (running >= 0)\n" },
        { "an actor's repeated call starts before its restart", "Actors/ActorCalls.cs", "if (actor.State != ActorState.Alive)\n            {\n                continue;", "if (actor.State == ActorState.Dead)\n            {\n                continue;" },
        { "an end of a wait is called a deadlock", "Actors/WaitGraph.cs", "if (attempt == waiter)\n", "if (attempt.Task.Job == waiter.Task.Job)\n" },
        { "a back-off is served twice", "Tasks/RetryQueue.cs", "item.Task.State == TaskState.Waiting && item.Task.AttemptNumber == item.Attempt", "item.Task.State != TaskState.Running && !item.Task.IsTerminal" },
        { "a stream's reader is not told of the end", "Tasks/TaskMachine.cs", "if (task.Stream is { } stream)\n        {\n            StreamMachine.Tell(", "if (task.State == TaskState.Succeeded && task.Stream is { } stream)\n        {\n            StreamMachine.Tell(" },
        { "a watcher given up fires", "Objects/ObjectTable.cs", "if (watcher.IsDone)\n", "if (watcher.Remaining < -1)\n" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_Planted_IsFound(string mistake, string file, string text, string replacement)
    {
        string? failure = BrokenCopy.FirstFailure(file, text, replacement, start: 1, Seeds);

        Assert.True(failure is not null, $"{Seeds} seeds do not show that {mistake}.");
    }

    [Fact]
    public void Copy_WithoutMistake_FindsNothing()
    {
        Assert.Null(BrokenCopy.FirstFailure("", "", "", start: 1, seeds: 300));
    }
}
