namespace RayOrleans.Core;

/// <summary>Waits for an object on behalf of a process; told under the engine's lock.</summary>
internal sealed class SessionWatcher(SessionMachine machine, NodeSession session, ObjectEntry entry) : Watcher
{
    /// <summary>The object has settled, or exists, or does not come here.</summary>
    public void Notified() => machine.OnSettled(session, entry, ExistsOnly, Refusal?.Failure);

    public override void Fire() => throw new InvalidOperationException("A session's watcher is told under the lock.");
}
