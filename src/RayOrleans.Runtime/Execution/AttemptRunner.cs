using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Processes;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime;

/// <summary>Runs attempts: on a worker thread, as turns of an asynchronous body, or in place of waiting for them.</summary>
internal sealed class AttemptRunner(NodeServices node)
{
    private const int InlineDepthBound = 16;

    [ThreadStatic]
    private static int t_inlineDepth;

    /// <summary>Runs an attempt and then what follows it, until nothing can start or a turn waits.</summary>
    public void RunFrom(WorkerThread worker, Attempt first)
    {
        Attempt? attempt = first;
        while (attempt is not null)
        {
            if (WorkerProcesses.Takes(attempt) && !node.IsProcess)
            {
                if (node.Processes is not { } processes)
                {
                    attempt = RefuseProcess(attempt, startNext: !node.Pool.HasTurns);
                    continue;
                }

                processes.Run(attempt);
                attempt = node.Gate.CompleteAndStart(null, default, 0, startNext: !node.Pool.HasTurns, out _);
                continue;
            }

            FunctionInfo? function = attempt.Task.Function as FunctionInfo;
            node.Pool.Starting(function);
            bool startNext = !node.Pool.HasTurns;
            if (UsesTurns(attempt))
            {
                StartTurns(worker, attempt);
                attempt = startNext ? node.Gate.CompleteAndStart(null, default, 0, startNext: true, out _) : null;
                continue;
            }

            WorkerFrame frame = worker.Frame;
            TaskScope scope = Begin(attempt, worker.Id);
            Outcome outcome = Execute(frame, scope, worker, function, out long end);
            scope.End();
            NoteTime(attempt, scope, end);
            Attempt? next = node.Gate.CompleteAndStart(attempt, in outcome, end, startNext, out bool accepted);
            frame.End();
            node.Events.AttemptEnded(worker.Ring, scope, in outcome, end, accepted);
            attempt = next;
        }
    }

    /// <summary>Runs the task that makes the object on the calling thread, if the guards of PROTOCOL ("Blocking") allow it.</summary>
    public bool TryRunInline(ObjectEntry entry, TaskScope? waiter)
    {
        if (!node.Options.InlineExecution || entry.Producer is not { State: Core.TaskState.Ready, Kind: Core.TaskKind.Normal } task
            || task.Function is not FunctionInfo { IsShort: true } function
            || t_inlineDepth >= InlineDepthBound
            || SynchronizationContext.Current is not null
            || (WorkerThread.Current is { } thread && !ReferenceEquals(thread.Node, node))
            || (waiter is not null && (waiter.Attempt.Task.Job != task.Job || WorkerThread.Current?.Scope != waiter))
            || task.Payload is not Invocation { Shape: CallShape.Value or CallShape.Void }
            || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        Attempt? attempt = node.Gate.TryClaim(task, waiter?.Attempt);
        if (attempt is null)
        {
            return false;
        }

        WorkerThread? worker = WorkerThread.Current;
        ExecutionContext? outer = ExecutionContext.Capture();
        IRay? outerRay = RayAmbient.Current;
        TaskScope? outerScope = worker?.Scope;
        t_inlineDepth++;
        try
        {
            WorkerThread.RestoreContext();
            WorkerFrame frame = new(node);
            TaskScope scope = Begin(attempt, worker?.Id ?? default);
            Outcome outcome = Execute(frame, scope, worker, function, out long end);
            scope.End();
            node.Gate.CompleteInline(attempt, in outcome, end, waiter?.Attempt, out bool accepted);
            node.Events.AttemptEnded(worker?.Ring ?? node.Events.RingOfThread(), scope, in outcome, end, accepted);
        }
        finally
        {
            t_inlineDepth--;
            if (worker is not null)
            {
                worker.Scope = outerScope;
            }

            if (outer is not null)
            {
                ExecutionContext.Restore(outer);
            }
            else
            {
                RayAmbient.Current = outerRay;
            }
        }

        return entry.IsSettled;
    }

    public Outcome OutcomeOf(Exception exception, TaskScope scope)
    {
        TaskRecord task = scope.Attempt.Task;
        string name = task.Name ?? "?";
        if (exception is ActorExitException || scope.ExitRequested)
        {
            return Outcome.ActorExit(
                new Failure(FailureKind.ActorDied, $"{name} ended its actor by Ray.ExitActor (exit_actor).", exception, task.TaskId, name, scope.Attempt.Ordinal) { Node = node.NodeId },
                "it ended itself by Ray.ExitActor (exit_actor)");
        }

        FailureKind kind = exception switch
        {
            ObjectStoreFullException => FailureKind.StoreFull,
            RaySerializationException => FailureKind.Serialization,
            _ => FailureKind.UserError,
        };
        bool retriable = kind == FailureKind.UserError && (task.Options as RetryTaskOptions)?.Retries(exception, node.Codec.SerializerOf(scope.Code)) == true;

        // Shipped code must not be kept by its exceptions.
        object cause = scope.Code is { } code && kind == FailureKind.UserError ? PackedCause.Of(exception, code.Serializer) : exception;
        return Outcome.UserFailure(new Failure(kind, $"{name} failed: {exception.GetType().FullName}: {ExceptionText.MessageOf(exception)}", cause, task.TaskId, name, scope.Attempt.Ordinal) { Node = node.NodeId }, retriable);
    }

    /// <summary>Arguments on disk are restored before the body starts.</summary>
    private void HoldInputs(TaskScope scope)
    {
        if (SpilledReads.NeedsInputs(scope.Attempt.Task))
        {
            node.Spilled.HoldInputs(scope);
        }
    }

    private bool UsesTurns(Attempt attempt)
    {
        if ((attempt.Task.Actor?.Host as ActorHost)?.Turns is not null)
        {
            return true;
        }

        try
        {
            return node.InvocationOf(attempt) is { Shape: not (CallShape.Value or CallShape.Void or CallShape.Enumerable) };
        }
        catch (Exception)
        {
            // Whatever keeps the call from being read: running it says so again, as the attempt's outcome.
            return false;
        }
    }

    private TaskScope Begin(Attempt attempt, WorkerId worker)
    {
        TaskScope scope = new(node, node.Pool.DriverRay!, attempt) { WorkerId = worker, StartedAt = Clock.Now };
        if (attempt.Task.Kind == Core.TaskKind.ActorCall)
        {
            scope.Instance = attempt.Task.Actor!.Instance as ActorInstance;
        }

        attempt.Host = scope;
        if (node.Cluster is { Flow: { Wants: true } flow })
        {
            flow.Add(FlowStep.Executed, attempt.Task.TaskId, attempt.Task.Name);
        }

        return scope;
    }

    private Outcome Execute(WorkerFrame frame, TaskScope scope, WorkerThread? worker, FunctionInfo? function, out long end)
    {
        Outcome outcome;
        if (worker is not null)
        {
            worker.Scope = scope;
        }

        RayAmbient.Current = scope;
        try
        {
            frame.Begin(scope);
            if (!scope.Attempt.IsAbandoned)
            {
                HoldInputs(scope);
                node.InvocationOf(scope.Attempt).Execute(frame);
            }

            outcome = scope.ExitRequested ? OutcomeOf(new ActorExitException(), scope) : frame.ToOutcome();
        }
        catch (Exception e)
        {
            outcome = OutcomeOf(e, scope);
        }

        end = Clock.Now;
        function?.Ran(end - scope.StartedAt);
        if (worker is not null)
        {
            worker.Scope = null;
            WorkerThread.RestoreContext();
        }

        return outcome;
    }

    private Attempt? RefuseProcess(Attempt attempt, bool startNext)
    {
        string why = $"node {node.NodeId} cannot start worker processes: the Main of its program does not begin with RayWorker.TryRun";
        Failure failure = new(FailureKind.Unschedulable, $"{attempt.Task.Name} has no result: {why}.", null, attempt.Task.TaskId, attempt.Task.Name, attempt.Ordinal);
        return node.Gate.CompleteAndStart(attempt, Outcome.UserFailure(failure, isRetriable: false), Clock.Now, startNext, out _);
    }

    /// <summary>A process tells its node how long its attempts take.</summary>
    private void NoteTime(Attempt attempt, TaskScope scope, long end)
    {
        if (node.IsProcess)
        {
            attempt.Microseconds = (long)(1000 * Clock.ToMilliseconds(end - scope.StartedAt));
        }
    }

    private void StartTurns(WorkerThread worker, Attempt attempt)
    {
        TaskScope scope = Begin(attempt, worker.Id);
        TurnQueue? actors = (attempt.Task.Actor?.Host as ActorHost)?.Turns;
        bool isCall = actors is not null && attempt.Task.Kind == Core.TaskKind.ActorCall;
        TurnQueue queue = isCall ? actors! : new TurnQueue(node);
        TurnContext context = new(queue, scope);
        scope.Turns = context;
        HoldInputs(scope);
        queue.Start(worker, isCall ? attempt.StartNumber : 0, context, RunBody, scope);
    }

    private void RunBody(object? state)
    {
        TaskScope scope = (TaskScope)state!;
        RayAmbient.Current = scope;
        WorkerFrame frame = new(node);
        try
        {
            frame.Begin(scope);
            Task? rest = scope.Attempt.IsAbandoned ? null : node.InvocationOf(scope.Attempt).Execute(frame);
            if (rest is null)
            {
                EndBody(scope, frame, null);
            }
            else
            {
                _ = rest.ContinueWith(
                    (task, _) => EndBody(scope, frame, task.IsCompletedSuccessfully ? null : task.Exception?.InnerException ?? new TaskCanceledException(task)),
                    null,
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }
        }
        catch (Exception e)
        {
            EndBody(scope, frame, e);
        }
    }

    private void EndBody(TaskScope scope, WorkerFrame frame, Exception? error)
    {
        Outcome outcome;
        if (error is not null || scope.ExitRequested)
        {
            outcome = OutcomeOf(error ?? new ActorExitException(), scope);
        }
        else
        {
            outcome = frame.ToOutcome();
        }

        long end = Clock.Now;
        scope.Resume();
        scope.End();
        NoteTime(scope.Attempt, scope, end);
        node.Gate.CompleteAndStart(scope.Attempt, in outcome, end, startNext: false, out bool accepted);
        GC.KeepAlive(frame.KeepAlive);
        node.Pool.Signal(node.Gate.StartableHint);
        node.Events.AttemptEnded(WorkerThread.Current?.Ring ?? node.Events.RingOfThread(), scope, in outcome, end, accepted);
    }
}
