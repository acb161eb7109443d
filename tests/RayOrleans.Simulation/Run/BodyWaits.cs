namespace RayOrleans.Core.Simulation;

/// <summary>Blocking: gets, waits and streams, with timeouts.</summary>
internal sealed class BodyWaits(World world)
{
    private readonly HashSet<SimWatcher> _fireTaken = [];

    public BodyStarts Starts { get; } = new(world);

    /// <summary>Begins to wait for all of the objects; the first failure is enough. The body is runnable afterwards when nothing had to be waited for.</summary>
    public void Get(Body body, SimObject[] subjects)
    {
        body.Waiting = WaitKind.Get;
        body.WaitsFor = subjects;
        body.WaitEntries = Array.ConvertAll(subjects, s => s.Entry);
        body.Needed = subjects.Length;
        body.Deadline = 0;
        Go(body);
    }

    public void Wait(Body body, SimObject[] subjects, int needed, long timeout)
    {
        body.Waiting = WaitKind.Wait;
        body.WaitsFor = subjects;
        body.WaitEntries = Array.ConvertAll(subjects, s => s.Entry);
        body.Needed = needed;
        body.Deadline = timeout > 0 ? world.Now + timeout : 0;
        Go(body);
    }

    public void WaitForItem(Body body, SimTask stream)
    {
        body.Waiting = WaitKind.Stream;
        body.WaitsFor = [stream];
        body.WaitEntries = [];
        body.Deadline = 0;
        SimWatcher watcher = new(body, Fired);
        if (world.Engine.WatchStream(stream.Record, watcher))
        {
            if (stream.Ended is not null || stream.ItemsTaken < stream.Items.Count)
            {
                throw new ViolationException($"stream {stream.Number} has something to tell and its reader is put to sleep");
            }

            Sleep(body, watcher);
        }
        else
        {
            body.Waiting = WaitKind.None;
        }
    }

    /// <summary>The body waits again after it was woken or a body that ran in its place has ended.</summary>
    public void Go(Body body)
    {
        foreach (SimObject subject in body.WaitsFor)
        {
            if (subject.Entry.Status == ObjectStatus.Deleted)
            {
                throw new ViolationException($"object {subject.Number}, which body {body.Number} holds, is deleted");
            }
        }

        if (body.Attempt is not null && NodeEngine.FindDeadlock(body.Attempt, body.WaitEntries, body.Needed, holdsTurn: false) is not null)
        {
            throw new ViolationException($"the wait of body {body.Number} is called a deadlock; the programs here have none");
        }

        if (body.Waiting == WaitKind.Get && body.WaitsFor is [{ Maker: { Ended: null, Kind: TaskKind.Normal } only }] && !body.WaitEntries[0].IsSettled
            && body.MayClaim && only.Job == body.Job && Starts.TryClaim(only, body))
        {
            return;
        }

        SimWatcher watcher = new(body, Fired) { FailFast = body.Waiting == WaitKind.Get };
        if (!world.Engine.Watch(watcher, body.WaitEntries, body.Needed))
        {
            Settled(body);
            return;
        }

        foreach (ObjectEntry entry in body.WaitEntries)
        {
            world.Engine.Want(entry);
        }

        Sleep(body, watcher);
    }

    public void TimeOut(Body body)
    {
        world.Note(SimEvent.TimeOut, body.Number);
        bool pending = world.Engine.Unwatch(body.Watcher!, body.WaitEntries);
        if (pending == (body.Watcher!.HasFired || _fireTaken.Contains(body.Watcher)))
        {
            throw new ViolationException($"Unwatch of body {body.Number} says {(pending ? "in time" : "too late")}");
        }

        world.Coverage.Hit(pending ? "time out" : "time out too late");
        body.Watcher.GivenUp = true;
        Wake(body);
        Done(body);
    }

    /// <summary>The worker of a blocked body died: nobody waits any more.</summary>
    public void GiveUp(Body body)
    {
        world.Engine.Unwatch(body.Watcher!, body.WaitEntries);
        body.Watcher!.GivenUp = true;
        if (body.Attempt is not null)
        {
            NodeEngine.NoteResumed(body.Attempt);
            world.BlockedThreads--;
        }
    }

    /// <summary>The engine decided to wake the watcher; the news is on its way.</summary>
    public void FireDecided(SimWatcher watcher)
    {
        if (!_fireTaken.Add(watcher))
        {
            throw new ViolationException($"the watcher of body {watcher.Body.Number} was fired twice");
        }

        if (watcher.GivenUp)
        {
            throw new ViolationException($"the watcher of body {watcher.Body.Number} fires after it was given up");
        }
    }

    private void Sleep(Body body, SimWatcher watcher)
    {
        world.Note(SimEvent.Block, body.Number, body.WaitsFor[0].Number, body.WaitsFor.Length);
        body.Watcher = watcher;
        if (body.Attempt is not null)
        {
            world.Engine.Block(body.Attempt);
            if (body.Deadline == 0)
            {
                NodeEngine.NoteBlocked(body.Attempt, body.WaitEntries, holdsTurn: false);
            }

            if (body.Blocks++ == 0)
            {
                Starts.Block(body);
            }

            world.BlockedThreads++;
        }

        world.TakeFromRunnable(body, BodyState.Blocked);
        world.Coverage.Hit("block");
        world.MayStart = true;
        world.Resources.Compare(world.Engine.Resources);
    }

    private void Fired(SimWatcher watcher)
    {
        Body body = watcher.Body;
        world.Note(SimEvent.Fire, body.Number);
        _fireTaken.Remove(watcher);
        if (watcher.GivenUp || body.Watcher != watcher || body.State != BodyState.Blocked)
        {
            return;
        }

        Wake(body);
        if (body.Waiting == WaitKind.Stream)
        {
            Done(body);
        }
        else
        {
            Settled(body);
        }
    }

    private void Wake(Body body)
    {
        world.Note(SimEvent.Resume, body.Number);
        body.Watcher = null;
        if (body.Attempt is not null)
        {
            NodeEngine.NoteResumed(body.Attempt);
            Starts.Unblock(body);
            world.BlockedThreads--;
        }

        world.MakeRunnable(body);
        world.Resources.Compare(world.Engine.Resources);
    }

    /// <summary>Enough had settled when the engine last said so; what was lost since is waited for again.</summary>
    private void Settled(Body body)
    {
        int settled = 0;
        bool failed = false;
        foreach (SimObject subject in body.WaitsFor)
        {
            settled += subject.Entry.IsSettled ? 1 : 0;
            failed |= subject.Entry.Status == ObjectStatus.Failed;
        }

        if (settled < body.Needed && !(failed && body.Waiting == WaitKind.Get))
        {
            if (!world.AnyLoss)
            {
                throw new ViolationException($"body {body.Number} was woken with {settled} of {body.Needed} objects settled");
            }

            world.Coverage.Hit("waited again");
            Go(body);
            return;
        }

        Done(body);
    }

    private static void Done(Body body)
    {
        // What was waited for is read in the body's next step.
        body.Deadline = 0;
    }
}
