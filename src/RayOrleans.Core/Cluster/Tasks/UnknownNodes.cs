namespace RayOrleans.Core;

/// <summary>
/// Tasks that must run on a node which this one has not heard of: it may have joined just now, and another have heard of it first. They wait for word of it, for
/// a bounded time.
/// </summary>
/// <param name="patience">How long, in the runtime's ticks.</param>
internal sealed class UnknownNodes(long patience)
{
    private const long NoTickYet = long.MinValue;

    /// <summary>Each task with the time of the first tick that saw it wait.</summary>
    private readonly Dictionary<TaskRecord, long> _since = [];

    public bool Contains(TaskRecord task) => _since.ContainsKey(task);

    public void Add(TaskRecord task) => _since.TryAdd(task, NoTickYet);

    public void Remove(TaskRecord task) => _since.Remove(task);

    /// <summary>Takes out the tasks that wait for that node: it is there, or it is known to be dead.</summary>
    public List<TaskRecord> TakeFor(NodeId node) => Take([.. _since.Keys.Where(t => t.Options.Affinity == node)]);

    /// <summary>Takes out the tasks that have waited long enough.</summary>
    public List<TaskRecord> TakeOverdue(long now)
    {
        if (_since.Count == 0)
        {
            return [];
        }

        foreach (TaskRecord task in _since.Where(w => w.Value == NoTickYet).Select(w => w.Key).ToList())
        {
            _since[task] = now;
        }

        return Take([.. _since.Where(w => now - w.Value >= patience).Select(w => w.Key)]);
    }

    private List<TaskRecord> Take(List<TaskRecord> tasks)
    {
        tasks.ForEach(Remove);
        return tasks;
    }
}
