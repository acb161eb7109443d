namespace RayOrleans.Core;

/// <summary>The node's side of the streams that its processes make and read.</summary>
internal sealed class SessionStreams(NodeEngine engine, ObjectTable objects)
{
    /// <summary>A process has submitted a streaming task: it reads the stream.</summary>
    public void Read(NodeSession session, TaskRecord task)
    {
        task.Stream!.Feed = new StreamFeed(objects, session, task);
        session.Streams.Add(task.TaskId, task);
    }

    /// <summary>An item that a process has made.</summary>
    public void Yield(NodeSession session, Attempt attempt, YieldMessage message, ObjectEntry[]? contained)
    {
        if (attempt.Task.Stream is not { } stream)
        {
            throw new SessionProtocolException($"{session.Name} makes items of {attempt.Task.Name}, which is no stream.");
        }

        if (!attempt.IsAbandoned && (message.Index >= stream.Until || message.Index > stream.Produced))
        {
            throw new SessionProtocolException($"{session.Name} makes item {message.Index} of {attempt.Task.Name}, which has {stream.Produced} items and room for {stream.Until}.");
        }

        engine.Yield(attempt, message.Index, message.Value.Value, message.Value.Size, contained);
    }

    /// <summary>The reader has taken items. A stream that is not known has ended while this was on its way.</summary>
    public void Take(NodeSession session, TakeMessage message)
    {
        if (!session.Streams.TryGetValue(message.Stream, out TaskRecord? task))
        {
            return;
        }

        task.Stream!.Feed!.OnTaken(message.Taken);
        engine.ExtendStream(task);
        if (message.IsWaiting)
        {
            engine.Want(task);
        }
    }

    /// <summary>The reader goes away.</summary>
    public void Leave(NodeSession session, LeaveStreamMessage message)
    {
        if (session.Streams.Remove(message.Stream, out TaskRecord? task))
        {
            Abandon(task);
        }
    }

    /// <summary>The process has ended, and with it every reader in it.</summary>
    public void Close(NodeSession session)
    {
        List<TaskRecord> streams = [.. session.Streams.Values];
        session.Streams.Clear();
        foreach (TaskRecord task in streams)
        {
            Abandon(task);
        }
    }

    private void Abandon(TaskRecord task)
    {
        task.Stream!.Feed = null;
        engine.AbandonStream(task);
    }
}
