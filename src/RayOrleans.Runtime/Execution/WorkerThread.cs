using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>A thread of the node's own that runs user code; never one of the .NET pool.</summary>
internal sealed class WorkerThread
{
    [ThreadStatic]
    private static WorkerThread? t_current;

    private static ExecutionContext? s_clean;

    private readonly object _sleep = new();
    private bool _signaled;
    private int _parked;

    public WorkerThread(NodeServices node, int id)
    {
        Node = node;
        Id = new WorkerId(id);
        Frame = new WorkerFrame(node);
        Ring = node.Events.NewRing();
        Thread = new Thread(Main) { IsBackground = true, Name = $"ray-worker-{id}" };
    }

    public static WorkerThread? Current => t_current;

    public NodeServices Node { get; }

    public WorkerId Id { get; }

    public Thread Thread { get; }

    public WorkerFrame Frame { get; }

    public EventRing Ring { get; }

    /// <summary>The attempt whose code runs on this thread now.</summary>
    public TaskScope? Scope { get; set; }

    /// <summary>Whether it sleeps with the pool's knowledge: without work, or waiting for objects.</summary>
    public bool IsParked => Volatile.Read(ref _parked) > 0;

    /// <summary>Whether its code waits for something beside the runtime: a lock, a task's result, the disk.</summary>
    public bool IsStuck => !IsParked && (Thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    /// <summary>The turns that it runs now.</summary>
    public TurnQueue? Turn { get; set; }

    public void Start() => Thread.UnsafeStart();

    /// <summary>Takes everything that user code put into the calling thread's execution context out of it.</summary>
    public static void RestoreContext()
    {
        if (s_clean is { } clean)
        {
            ExecutionContext.Restore(clean);
        }
    }

    /// <summary>The code on this thread begins to block.</summary>
    public void EnterBlocked()
    {
        _parked++;
        Node.Pool.ThreadBlocked();
    }

    public void LeaveBlocked()
    {
        Node.Pool.ThreadUnblocked();
        _parked--;
    }

    public void Wake()
    {
        lock (_sleep)
        {
            _signaled = true;
            Monitor.Pulse(_sleep);
        }
    }

    /// <summary>Sleeps until woken; false when the time was over.</summary>
    public bool Sleep(TimeSpan timeout)
    {
        _parked++;
        lock (_sleep)
        {
            if (!_signaled)
            {
                Monitor.Wait(_sleep, timeout);
            }

            bool signaled = _signaled;
            _signaled = false;
            _parked--;
            return signaled;
        }
    }

    private void Main()
    {
        t_current = this;
        Node.Scheduler.Adopt(Work);
    }

    private void Work()
    {
        s_clean ??= ExecutionContext.Capture();
        while (true)
        {
            if (!RunSomething() && !Node.Pool.Idle(this))
            {
                Node.Events.GiveBack(Ring);
                return;
            }
        }
    }

    /// <summary>Runs a turn, or an attempt and what follows it; false: there was neither. Its frame is gone while the thread sleeps: no attempt is kept by it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunSomething()
    {
        if (Node.Pool.TryTakeTurn(out TurnQueue turn))
        {
            turn.Run(this);
            return true;
        }

        Attempt? attempt = Node.Gate.StartableHint > 0
            ? Node.Gate.CompleteAndStart(null, default, 0, startNext: true, out _)
            : null;
        if (attempt is null)
        {
            return false;
        }

        Node.Runner.RunFrom(this, attempt);
        return true;
    }
}
