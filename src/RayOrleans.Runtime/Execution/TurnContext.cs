namespace RayOrleans.Runtime;

/// <summary>The synchronization context of one asynchronous body: its continuations come back to its turns.</summary>
internal sealed class TurnContext(TurnQueue queue, TaskScope? scope) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
        scope?.Resume();
        queue.Post(this, d, state);
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (ReferenceEquals(Current, this))
        {
            d(state);
            return;
        }

        using ManualResetEventSlim done = new();
        Exception? error = null;
        Post(
            _ =>
            {
                try
                {
                    d(state);
                }
                catch (Exception e)
                {
                    error = e;
                }
                finally
                {
                    done.Set();
                }
            },
            null);
        done.Wait();
        if (error is not null)
        {
            throw new System.Reflection.TargetInvocationException(error);
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs one piece of the body on the calling thread.</summary>
    public void Invoke(WorkerThread worker, SendOrPostCallback callback, object? state)
    {
        SynchronizationContext? previous = Current;
        TaskScope? previousScope = worker.Scope;
        SetSynchronizationContext(this);
        worker.Scope = scope;
        scope?.BeginTurn();
        try
        {
            callback(state);
        }
        catch (Exception e)
        {
            // An async void method or a posted delegate of the user's threw: nobody awaits it.
            worker.Node.Events.Warn($"Unhandled in {scope?.Attempt.Task.Name ?? "an actor"}: {ExceptionText.AllOf(e)}");
        }
        finally
        {
            SetSynchronizationContext(previous);
            worker.Scope = previousScope;
            WorkerThread.RestoreContext();
            scope?.EndTurn();
        }
    }
}
