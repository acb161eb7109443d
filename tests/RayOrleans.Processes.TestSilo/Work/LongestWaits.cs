namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>How long one thread has waited at most, for people: a key is control state alone, a task also waits for a place among the others of the load.</summary>
internal sealed class LongestWaits
{
    private TimeSpan _key;
    private TimeSpan _task;

    public void OfKey(TimeSpan took) => _key = took > _key ? took : _key;

    public void OfTask(TimeSpan took) => _task = took > _task ? took : _task;

    public override string ToString() => FormattableString.Invariant($"a key {_key.TotalMilliseconds:0} ms, a task {_task.TotalMilliseconds:0} ms");
}
