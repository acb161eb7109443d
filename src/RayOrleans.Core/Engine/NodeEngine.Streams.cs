namespace RayOrleans.Core;

/// <content>Streams: their producers and readers.</content>
public sealed partial class NodeEngine
{
    /// <summary>Accepts a stream's next item, unless a repeated producer made it before or the attempt no longer counts.</summary>
    /// <param name="attempt">The producer.</param>
    /// <param name="index">The item's number in this attempt, from 0.</param>
    /// <param name="value">Its value in the runtime's form.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="contained">What it refers to.</param>
    /// <returns>Whether the producer should go on.</returns>
    public bool Yield(Attempt attempt, int index, object? value, long size, ObjectEntry[]? contained) =>
        _streams.Yield(attempt, index, value, size, contained);

    /// <summary>Takes the next item, with a hold for the reader; null when none is there now.</summary>
    public ObjectEntry? TakeItem(TaskRecord stream) => _streams.Take(stream);

    /// <summary>Registers who is told about the next item or the end; false when there is something already.</summary>
    public bool WatchStream(TaskRecord stream, Watcher watcher)
    {
        if (!_streams.WatchReader(stream, watcher))
        {
            return false;
        }

        if (Process is null)
        {
            _tasks.Wanted.Want(stream);
        }

        return true;
    }

    /// <summary>Registers a producer that is to be told when it may make the item with this number; false: it may, or nobody wants its items any more.</summary>
    public static bool WatchRoom(Attempt attempt, int index, Watcher watcher) => StreamMachine.WatchRoom(attempt, index, watcher);

    /// <summary>A reader in a process of this node has taken items: their producer may go on, wherever it runs.</summary>
    internal void ExtendStream(TaskRecord stream) => _streams.Extend(stream);

    /// <summary>The reader goes away: items are dropped and the producer is cancelled.</summary>
    public void AbandonStream(TaskRecord stream)
    {
        _streams.Abandon(stream);
        if (!stream.IsTerminal && Process is null)
        {
            _tasks.Cancellation.Cancel(stream, recursive: true);
        }

        Pump();
    }
}
