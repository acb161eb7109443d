namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>A value in one process' memory. The world counts them: each is discarded once.</summary>
internal sealed class SessionData : IOwnedValue
{
    private readonly HashSet<SessionData> _live;

    public SessionData(HashSet<SessionData> live, long number)
    {
        _live = live;
        Number = number;
        live.Add(this);
    }

    public long Number { get; }

    public void Dispose()
    {
        if (!_live.Remove(this))
        {
            throw new ViolationException($"Value {Number} was discarded twice.");
        }
    }
}
