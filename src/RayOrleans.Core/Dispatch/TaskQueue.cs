namespace RayOrleans.Core;

/// <summary>A first-in-first-out queue linked through the records, so that cancelling or claiming one takes constant time.</summary>
internal sealed class TaskQueue
{
    private TaskRecord? _head;
    private TaskRecord? _tail;

    public int Count { get; private set; }

    public TaskRecord? Head => _head;

    public TaskRecord? Tail => _tail;

    /// <summary>What the queue belongs to, so that a record can be found by its queue.</summary>
    public ReadyClass? Class { get; init; }

    public void Add(TaskRecord task)
    {
        task.Queue = this;
        task.QueuePrevious = _tail;
        task.QueueNext = null;
        if (_tail is null)
        {
            _head = task;
        }
        else
        {
            _tail.QueueNext = task;
        }

        _tail = task;
        Count++;
    }

    public void AddFirst(TaskRecord task)
    {
        task.Queue = this;
        task.QueuePrevious = null;
        task.QueueNext = _head;
        if (_head is null)
        {
            _tail = task;
        }
        else
        {
            _head.QueuePrevious = task;
        }

        _head = task;
        Count++;
    }

    public void Remove(TaskRecord task)
    {
        if (task.QueuePrevious is null)
        {
            _head = task.QueueNext;
        }
        else
        {
            task.QueuePrevious.QueueNext = task.QueueNext;
        }

        if (task.QueueNext is null)
        {
            _tail = task.QueuePrevious;
        }
        else
        {
            task.QueueNext.QueuePrevious = task.QueuePrevious;
        }

        task.Queue = null;
        task.QueuePrevious = task.QueueNext = null;
        Count--;
    }
}
