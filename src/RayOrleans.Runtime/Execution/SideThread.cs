namespace RayOrleans.Runtime;

/// <summary>One of the <see cref="SideThreads"/>.</summary>
internal sealed class SideThread
{
    private readonly Thread _thread;
    private int _idle;

    public SideThread(int id, Action<SideThread> main) =>
        _thread = new Thread(() => main(this)) { IsBackground = true, Name = $"ray-side-{id}" };

    /// <summary>Whether it waits for the scheduler to give it something.</summary>
    public bool IsIdle
    {
        get => Volatile.Read(ref _idle) != 0;
        set => Volatile.Write(ref _idle, value ? 1 : 0);
    }

    /// <summary>Whether the code on it waits: for a lock, a result, the disk.</summary>
    public bool IsStuck => !IsIdle && (_thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    public void Start() => _thread.UnsafeStart();
}
