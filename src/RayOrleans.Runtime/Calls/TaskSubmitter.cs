using RayOrleans.Core;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>Calls into task records: packs the arguments, makes the record and its hold, hands it to the engine.</summary>
internal sealed class TaskSubmitter(NodeServices node)
{
    public ObjectRef<R> Submit<R>(RayScope scope, Attempt? parent, in RemoteCall call)
    {
        RemoteOptions? options = call.Options;
        Prepare(scope, parent, options);
        TaskRecord task = new(scope.NextId(), scope.Job, parent, node.OptionsTable.ForTask(node, options, node.OptionsTable.InheritedFrom(node, parent)));
        if (TupleShape<R>.Count > 0)
        {
            task.Parts = MakeParts(task, TupleShape<R>.Count);
        }

        return Send<R>(scope, task, call.Invocation, options?.Name);
    }

    public ObjectRef<R> SubmitCall<R>(RayScope scope, Attempt? parent, ActorRecord actor, in RemoteCall call)
    {
        Prepare(scope, parent, null);
        TaskRecord task = MakeCall(scope, parent, actor, call.Invocation, null);
        if (TupleShape<R>.Count > 0)
        {
            task.Parts = MakeParts(task, TupleShape<R>.Count);
        }

        return Send<R>(scope, task, call.Invocation, null);
    }

    public LocalStream SubmitStream(RayScope scope, Attempt? parent, in RemoteCall call, ActorRecord? actor)
    {
        Prepare(scope, parent, call.Options);
        StreamRecord stream = new(node.Options.MaxBufferedStreamItems);
        TaskRecord task = actor is null
            ? new TaskRecord(scope.NextId(), scope.Job, parent, node.OptionsTable.ForTask(node, call.Options, node.OptionsTable.InheritedFrom(node, parent))) { Stream = stream }
            : MakeCall(scope, parent, actor, call.Invocation, stream);
        ObjectRef<Unit> end = Send<Unit>(scope, task, call.Invocation, call.Options?.Name);
        return new LocalStream(node, task, end);
    }

    /// <summary>Packs a call into a record that is not submitted yet, and runs <paramref name="submit"/> while its references are kept reachable.</summary>
    public void Pack(RayScope scope, TaskRecord task, Invocation invocation, string? name, Action<TaskRecord> submit)
    {
        FunctionInfo function = FunctionOf(scope, invocation);
        ArgumentPacker packer = ArgumentPacker.Rent(node, scope);
        packer.Pack(invocation, task);
        task.Payload = invocation;
        task.Function = function;
        task.Name = name ?? function.Name;
        task.SubmittedAt = Clock.Now;
        submit(task);
        packer.Return();
    }

    /// <summary>Checks what can be checked before anything is made.</summary>
    public void Prepare(RayScope scope, Attempt? parent, RemoteOptions? options)
    {
        if (parent is null && node.IsProcess && !node.IsDriver)
        {
            throw new InvalidOperationException("Code that runs in a worker process outside of any task or actor has no job to submit to. Submit from the task itself, or from what it awaits.");
        }

        // Before the question whether the node has stopped, which ends the wait.
        node.Cluster?.Pressure.Wait(parent);
        node.Link?.WaitForRoom(parent);
        node.ThrowIfStopped();
        if (parent is { IsAbandoned: true })
        {
            throw new RayTaskCancelledException($"{parent.Task.Name} was cancelled; what it submits is refused.");
        }

        if (options is not null)
        {
            OptionSupport.Check(node, options);
            if (options.RuntimeEnv is { } environment)
            {
                // Its files are in the cluster before anything is made that needs them.
                node.Environments.Of(environment);
            }
        }

        if (parent is null && !node.IsDriver)
        {
            WaitForRoom(scope.Job);
        }

        if (node.Releases.IsBacklogged)
        {
            node.Releases.Drain();
        }
    }

    private ObjectRef<R> Send<R>(RayScope scope, TaskRecord task, Invocation invocation, string? name)
    {
        FunctionInfo function = FunctionOf(scope, invocation);
        ArgumentPacker packer = ArgumentPacker.Rent(node, scope);
        packer.Pack(invocation, task);
        task.Payload = invocation;
        task.Function = function;
        task.Name = name ?? function.Name;
        task.SubmittedAt = Clock.Now;
        if (node.Cluster is { Flow: { Wants: true } flow })
        {
            flow.Add(FlowStep.Submitted, task.TaskId, task.Name);
        }

        LocalHold hold = new(node, task, bySubmitter: true);
        if (task.Actor is { Options.MaxPendingCalls: >= 0 } actor)
        {
            SubmitIfRoom(task, actor, hold);
        }
        else if (task.Options.Process != ProcessKind.Node && node.Processes is { } processes)
        {
            if (node.Gate.SubmitElsewhere(task) is { } attempt)
            {
                processes.Run(attempt);
            }
        }
        else
        {
            node.Gate.Submit(task);
        }

        packer.Return();
        return new ObjectRef<R>(hold, task);
    }

    /// <summary>What is known of a call's function. A driver's program is made available first: its node knows nothing of it.</summary>
    private FunctionInfo FunctionOf(RayScope scope, Invocation invocation)
    {
        FunctionInfo function = scope.Functions.Of(invocation.Function);
        if (node.IsDriver)
        {
            node.Code!.Ship(function);
        }

        return function;
    }

    private TaskRecord MakeCall(RayScope scope, Attempt? parent, ActorRecord actor, Invocation invocation, StreamRecord? stream)
    {
        if (actor.Options.MaxPendingCalls >= 0 && NodeEngine.RoomFor(actor) <= 0)
        {
            throw TooMany(actor);
        }

        int lane = (actor.Host as ActorHost)?.Groups is { } groups && ConcurrencyGroups.Of(invocation.Function) is { } group
            ? groups.GetValueOrDefault(group)
            : 0;
        return new TaskRecord(scope.NextId(), scope.Job, parent, node.Actors.CallOptionsOf(actor))
        {
            Kind = Core.TaskKind.ActorCall,
            Actor = actor,
            Lane = lane,
            Stream = stream,
        };
    }

    /// <summary>Looks and submits in one step: callers on several threads together stay within the limit.</summary>
    private void SubmitIfRoom(TaskRecord call, ActorRecord actor, LocalHold hold)
    {
        bool submitted = node.Gate.Do(engine =>
        {
            if (NodeEngine.RoomFor(actor) <= 0)
            {
                return false;
            }

            engine.Submit(call);
            return true;
        });
        if (!submitted)
        {
            GC.SuppressFinalize(hold);
            throw TooMany(actor);
        }
    }

    private static PendingCallsLimitExceededException TooMany(ActorRecord actor) => new(
        $"Actor {actor.Options.Name ?? actor.ClassName} has {actor.PendingCalls} calls waiting, its maxPendingCalls; wait for some of them, or raise the limit.");

    private static ObjectEntry[] MakeParts(TaskRecord task, int count)
    {
        ObjectEntry[] parts = new ObjectEntry[count];
        for (int i = 0; i < count; i++)
        {
            parts[i] = new ObjectEntry(task.TaskId, i + 1, task);
        }

        return parts;
    }

    /// <summary>A driver that is far ahead of its tasks waits; a task never does.</summary>
    private void WaitForRoom(JobRecord job)
    {
        if (job.Unfinished < node.Options.MaxPendingTasks)
        {
            return;
        }

        SpinWait spin = default;
        while (job.Unfinished >= node.Options.MaxPendingTasks && node.Stopped is null)
        {
            node.Pool.WakeUpTo(node.Gate.StartableHint);
            spin.SpinOnce();
        }
    }
}
