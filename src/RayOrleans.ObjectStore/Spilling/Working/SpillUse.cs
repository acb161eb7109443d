namespace RayOrleans.ObjectStore;

/// <summary>Keeps a record's file while it is read.</summary>
internal sealed class SpillUse(SpillSpace space, SpillRecord record) : IDisposable
{
    private bool _ended;

    public SpillRecord Record => record;

    /// <summary>Somebody else ends the use.</summary>
    public void PassOn() => _ended = true;

    public void Dispose()
    {
        if (!_ended)
            space.EndUse(record.File);
        _ended = true;
    }
}
