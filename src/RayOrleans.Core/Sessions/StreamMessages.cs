namespace RayOrleans.Core;

/// <summary>An item of a stream: from the process that runs its task to the node.</summary>
/// <param name="Task">The streaming task.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="Index">The item's number, from 0. Those that earlier attempts made are not sent again.</param>
/// <param name="Value">The item.</param>
public sealed record YieldMessage(TaskId Task, int Attempt, int Index, ProcessValue Value) : SessionMessage
{
    /// <inheritdoc/>
    public override int Bytes => 64 + Value.Bytes;
}

/// <summary>The process that runs a streaming task may make items with smaller numbers: from the node.</summary>
/// <param name="Task">The streaming task.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="Until">The first number that it has to wait for.</param>
public sealed record CreditMessage(TaskId Task, int Attempt, int Until) : SessionMessage;

/// <summary>The next item of a stream: from the node to the process that reads it. It is a mention.</summary>
/// <param name="Stream">The streaming task.</param>
/// <param name="Item">The item, with its value where the node has it.</param>
public sealed record ItemMessage(TaskId Stream, SessionValue Item) : SessionMessage
{
    /// <inheritdoc/>
    public override int Bytes => 64 + Item.Bytes;
}

/// <summary>A stream has no more items: from the node to the process that reads it.</summary>
/// <param name="Stream">The streaming task.</param>
/// <param name="End">The task's own result: nothing, or why it failed.</param>
public sealed record StreamEndedMessage(TaskId Stream, SessionValue End) : SessionMessage
{
    /// <inheritdoc/>
    public override int Bytes => 64 + End.Bytes;
}

/// <summary>The reader has taken items, and may be told of more: from its process to the node.</summary>
/// <param name="Stream">The streaming task.</param>
/// <param name="Taken">How many it has taken in all.</param>
/// <param name="IsWaiting">Whether it waits for the next one.</param>
public sealed record TakeMessage(TaskId Stream, int Taken, bool IsWaiting) : SessionMessage;

/// <summary>The reader of a stream goes away: from its process to the node.</summary>
/// <param name="Stream">The streaming task.</param>
public sealed record LeaveStreamMessage(TaskId Stream) : SessionMessage;
