namespace RayOrleans.Core;

/// <summary>
/// Tells a process of the node of the items of a stream that it reads, in order, at most <see cref="Ahead"/> before its reader takes them. What it was told of is
/// held by its mentions; what it was not told of waits in the stream.
/// </summary>
internal sealed class StreamFeed(ObjectTable objects, NodeSession session, TaskRecord task)
{
    /// <summary>How many items a process is told of ahead of its reader: enough that a reader does not wait for a message per item.</summary>
    public const int Ahead = 64;

    private int _told;

    /// <summary>The reader has taken so many.</summary>
    public void OnTaken(int taken)
    {
        StreamRecord stream = task.Stream!;
        if (taken < stream.Taken || taken > _told)
        {
            throw new SessionProtocolException($"{session.Name} takes {taken} items of {task.TaskId}, of which it took {stream.Taken} before and was told of {_told}.");
        }

        stream.Taken = taken;
        Push();
    }

    /// <summary>Tells the process of what there is.</summary>
    public void Push()
    {
        StreamRecord stream = task.Stream!;
        while (_told - stream.Taken < Ahead && stream.TryTake(out ObjectEntry item))
        {
            _told++;
            session.Messages.Add(new ItemMessage(task.TaskId, SessionMachine.ToItem(session, item)));
            objects.ReleaseUse(item);
        }

        if (task.IsTerminal && stream.Buffered == 0)
        {
            // The process remembers the rest; nothing is left to be told, or to be stopped.
            stream.Feed = null;
            session.Streams.Remove(task.TaskId);
            session.Messages.Add(new StreamEndedMessage(task.TaskId, SessionMachine.ToEnd(session, task)));
        }
    }
}
