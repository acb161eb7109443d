namespace RayOrleans.Core;

/// <summary>
/// How the latest incarnations that lived on this node have ended. Their manager was told, but may have died before anybody else heard of it, and
/// whoever takes over from it asks here.
/// </summary>
internal sealed class EndedIncarnations
{
    private const int Kept = 1_000;

    private readonly Dictionary<ActorId, EndedIncarnation> _last = [];
    private readonly Queue<EndedIncarnation> _order = new();

    public void Add(EndedIncarnation ended)
    {
        _last[ended.Actor] = ended;
        _order.Enqueue(ended);
        if (_order.Count > Kept && _order.Dequeue() is { } oldest && ReferenceEquals(_last.GetValueOrDefault(oldest.Actor), oldest))
        {
            _last.Remove(oldest.Actor);
        }
    }

    /// <summary>How it ended: where nothing is known of that any more, like by a crash.</summary>
    public EndedIncarnation Find(ActorId actor, int incarnation) =>
        _last.GetValueOrDefault(actor) is { } ended && ended.Incarnation == incarnation
            ? ended
            : new EndedIncarnation(actor, incarnation, "it was gone from its node when another one took over its management", Blame.Culprit);
}
