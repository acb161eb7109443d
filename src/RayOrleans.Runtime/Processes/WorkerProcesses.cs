using System.Net.Sockets;
using System.Security.Cryptography;
using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// The node's worker processes: spare ones that are warm, one that a job's work shares, and those that run one task at a time or host one actor. Decides which one
/// runs what; the engine decides when. Thread-safe; what it chooses it chooses under the engine's lock.
/// </summary>
internal sealed class WorkerProcesses : IDisposable
{
    /// <summary>The label of nodes that can start worker processes.</summary>
    public const string Label = "rayorleans.worker-processes";

    public const string LabelValue = "true";

    private static readonly long IdleTicks = Clock.FromMilliseconds(60_000);

    /// <summary>How long a detached actor whose job has ended may clean up.</summary>
    private static readonly long LeftTicks = Clock.FromMilliseconds(3_000);

    /// <summary>How long none was taken before a spare one is started: its start would take all there is of a small machine from those that have just been given work.</summary>
    private static readonly long QuietTicks = Clock.FromMilliseconds(500);

    private static readonly long LookTicks = Clock.FromMilliseconds(1_000);
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    private readonly NodeServices _node;
    private readonly WorkerCommand _command;
    private readonly int _spares;
    private readonly ProcessListener _listener;
    private readonly ProcessAccess _access;
    private readonly Lock _lock = new();
    private readonly List<WorkerProcess> _workers = [];
    private long _lastLook;
    private long _lastTaken;
    private bool _keepsSpares;
    private bool _isStopped;

    /// <param name="node">The node.</param>
    /// <param name="access">What they reach of it.</param>
    /// <param name="command">How one is started.</param>
    /// <param name="spares">How many are kept warm once there was work for one.</param>
    /// <param name="directory">Where the socket's folder is made; null: the temporary folder.</param>
    public WorkerProcesses(NodeServices node, ProcessAccess access, WorkerCommand command, int spares = 1, string? directory = null)
    {
        _node = node;
        _command = command;
        _spares = spares;
        _access = access;
        _listener = new ProcessListener(node, "A worker process", Greet, directory);
    }

    /// <summary>Whether an attempt runs in a process: its options say so, or its actor lives in one.</summary>
    public static bool Takes(Attempt attempt) => attempt.Task.Kind == Core.TaskKind.ActorCall
        ? attempt.Task.Actor!.Instance is ProcessInstance
        : attempt.Task.Options.Process != ProcessKind.Node;

    /// <summary>Gives an attempt to a process, which is started if there is none.</summary>
    public void Run(Attempt attempt)
    {
        List<WorkerProcess> started = [];
        _node.Gate.Do(engine =>
        {
            if (engine.EndIfAbandoned(attempt, Clock.Now))
            {
                return;
            }

            NodeSession session = attempt.Task.Kind == Core.TaskKind.ActorCall && attempt.Task.Actor!.Instance is ProcessInstance instance
                ? instance.Session
                : SessionFor(engine, attempt, started);
            engine.RunIn(session, attempt, ((WorkerProcess)session.Host!).Pace.RidersOf(attempt.Task.Name));
        });
        Start(started);
    }

    /// <summary>Ends the process that runs an attempt and nothing else; false: others are there too, or it has ended.</summary>
    public bool TryEndFor(Attempt attempt) => attempt.Session is { } session && TryEndOwn(session, "its task was cancelled by force", () => !attempt.IsEnded);

    /// <summary>Ends the process of an actor that was killed, if it had that to itself; false: it shared one, or that has ended.</summary>
    public bool TryEndFor(ProcessInstance killed) => TryEndOwn(killed.Session, "its actor was killed", () => killed.Session.Hosts(killed));

    private bool TryEndOwn(NodeSession session, string why, Func<bool> isThere)
    {
        if (session.Host is not WorkerProcess { IsOwn: true } worker)
        {
            return false;
        }

        bool isDue = _node.Gate.Do(engine =>
        {
            if (!isThere())
            {
                return false;
            }

            // In one step with the look: whoever it ran next would be ended with it.
            engine.CloseSession(session, new SessionEnd(why), Clock.Now);
            return true;
        });
        if (isDue)
        {
            _ = Task.Run(() => worker.End(why));
        }

        return isDue;
    }

    /// <summary>A job has ended: its processes end with it. Detached actors keep theirs, until <see cref="Reap"/> finds that they are gone.</summary>
    public void EndJob(JobId job)
    {
        foreach (WorkerProcess worker in All().Where(w => w.IsBound && w.Job == job))
        {
            if (_node.Gate.Do(_ => !worker.Session.HostsDetached))
            {
                worker.End("its job has ended");
            }
        }
    }

    /// <summary>Ends what has been idle for long, and what its job and its detached actors have left behind. Called now and then.</summary>
    public void Reap(long now)
    {
        if (now - _lastLook < LookTicks)
        {
            return;
        }

        _lastLook = now;
        KeepSpares(now);
        List<WorkerProcess> idle = _node.Gate.Do(_ => All().Where(w => w is { IsBound: true, Session: { RunningCount: 0, InstanceCount: 0, KnownCount: 0 } } && now - w.IdleSince > IdleTicks).ToList());
        foreach (WorkerProcess worker in idle)
        {
            worker.End("it had nothing to do");
        }

        // Whatever runs there still was given up when its job or its actor ended.
        List<WorkerProcess> left = _node.Gate.Do(_ => All().Where(w => w.IsLeftBehind(now, LeftTicks)).ToList());
        foreach (WorkerProcess worker in left)
        {
            worker.End("its job has ended");
        }
    }

    public void Forget(WorkerProcess worker)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isStopped = true;
        }

        foreach (WorkerProcess worker in All())
        {
            worker.End("its node stops");
        }

        _listener.Dispose();
    }

    public List<WorkerProcess> All()
    {
        lock (_lock)
        {
            return [.. _workers];
        }
    }

    /// <summary>Starts spare ones as far as they are missing.</summary>
    private void KeepSpares(long now)
    {
        List<WorkerProcess> started = [];
        _node.Gate.Do(engine =>
        {
            lock (_lock)
            {
                bool isTime = _keepsSpares && !_isStopped && now - _lastTaken >= QuietTicks;
                for (int missing = isTime ? _spares - Spares_NeedsLock().Count : 0; missing > 0; missing--)
                {
                    started.Add(Add_NeedsLock(engine, null));
                }
            }
        });
        Start(started);
    }

    private NodeSession SessionFor(NodeEngine engine, Attempt attempt, List<WorkerProcess> started)
    {
        TaskRecord task = attempt.Task;
        bool isOwn = task.Options.Process == ProcessKind.Own;
        foreach (WorkerProcess worker in All())
        {
            if (worker is { IsBound: true, Session: { EndedBecause: null } session } && worker.Job == task.Job.Id && worker.IsOwn == isOwn && Equals(worker.Environment, task.Options.Environment)
                && (!isOwn || session is { RunningCount: 0, InstanceCount: 0 }))
            {
                return session;
            }
        }

        lock (_lock)
        {
            // The one that is ready, else the one that will be first; none of them has an environment of its own.
            WorkerProcess? taken = null;
            if (task.Options.Environment is null)
            {
                List<WorkerProcess> spares = Spares_NeedsLock();
                taken = spares.Find(w => w.IsWarm) ?? spares.FirstOrDefault();
                _keepsSpares = true;
                _lastTaken = Clock.Now;
            }

            if (taken is null)
            {
                taken = Add_NeedsLock(engine, task.Options.Environment);
                started.Add(taken);
            }

            return taken.Bind(task.Job, isOwn);
        }
    }

    private List<WorkerProcess> Spares_NeedsLock() => _workers.FindAll(static w => w is { IsBound: false, Session.EndedBecause: null });

    private WorkerProcess Add_NeedsLock(NodeEngine engine, ProcessEnvironment? environment)
    {
        WorkerProcess worker = new(_node, this, _access, engine, environment);
        _workers.Add(worker);
        return worker;
    }

    private void Start(List<WorkerProcess> workers)
    {
        foreach (WorkerProcess worker in workers)
        {
            _ = Task.Run(() => worker.StartAsync(_command, _listener.SocketPath));
        }
    }

    private void Greet(Socket socket)
    {
        byte[]? token = null;
        SocketChannel channel = new(socket);
        try
        {
            socket.ReceiveTimeout = (int)HelloTimeout.TotalMilliseconds;
            token = Handshake.ReceiveHello(channel);
            socket.ReceiveTimeout = 0;
        }
        catch (SocketException)
        {
            // It has gone, or said nothing in time.
        }

        WorkerProcess? worker = token is null ? null : All().Find(w => CryptographicOperations.FixedTimeEquals(w.Token, token));
        if (worker is null)
        {
            socket.Dispose();
            return;
        }

        try
        {
            worker.Attach(channel, ProcessSetup.Of(_node, _access, worker.StoreKeys));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It would wait for ever, and with it whatever it is chosen for.
            worker.End($"it could not be taken in: {e.GetType().Name}: {e.Message}");
        }
    }
}
