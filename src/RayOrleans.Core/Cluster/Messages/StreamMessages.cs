namespace RayOrleans.Core;

/// <summary>The next item of a stream: from the node that runs the task to its owner, which accepts it or not. Items come in order, and the outcome behind the last one.</summary>
/// <param name="Task">The streaming task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Index">The item's number, from 0.</param>
/// <param name="Item">The item.</param>
/// <param name="Transit">The number under which the sender holds the item and what it refers to; 0: nothing.</param>
public sealed record StreamItemMessage(TaskId Task, int Attempt, int Index, RemoteResult Item, long Transit) : Message
{
    /// <inheritdoc/>
    public override int Bytes => 64 + Item.Bytes;
}

/// <summary>The reader has taken items: from a stream's owner to the node that runs the task, which may make items with smaller numbers.</summary>
/// <param name="Task">The streaming task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Until">The first number that it has to wait for.</param>
public sealed record StreamRoomMessage(TaskId Task, int Attempt, int Until) : Message;
