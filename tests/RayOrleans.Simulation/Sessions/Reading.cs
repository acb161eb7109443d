namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>Reads an object and everything that its value refers to, each held while it is read.</summary>
internal sealed class Reading
{
    private readonly SessionBody _body;
    private readonly Stack<ObjectEntry> _left = new();

    public Reading(SessionBody body, ObjectEntry entry)
    {
        _body = body;
        body.Hold(entry);
        _left.Push(entry);
    }

    /// <summary>What is read next, once it has settled; null: everything was read.</summary>
    public ObjectEntry? Next => _left.TryPeek(out ObjectEntry? next) ? next : null;

    public static long Number(ObjectEntry entry) => entry switch
    {
        { Value: SessionData data } => data.Number,
        TaskRecord { Parts: { } parts, Value: not Failure } => parts.Sum(Number),
        _ => throw new ViolationException($"Object {entry.Id} is read as {entry.Status} with {entry.Value ?? "nothing"}."),
    };

    public long Take()
    {
        ObjectEntry entry = _left.Pop();
        long number = Number(entry);
        foreach (ObjectEntry nested in entry is TaskRecord { Parts: not null } ? [] : entry.Contained ?? [])
        {
            _body.Hold(nested);
            _left.Push(nested);
        }

        _body.LetGo(entry);
        return number;
    }
}
