namespace RayOrleans.Core;

/// <summary>
/// Who is to blame for the end of a process: what is named, else all that it was given, else nobody. For memory that ran out: what lives or has begun there, if that is
/// one thing; several are suspect, for they share one heap. For an environment that cannot be made: all that ask for it.
/// </summary>
internal sealed class Verdict
{
    private readonly NodeSession _session;
    private readonly SessionEnd _end;
    private readonly Dictionary<ActorRecord, Blame> _actors = [];
    private readonly bool _isAlone;

    public Verdict(NodeSession session, SessionEnd end)
    {
        _session = session;
        _end = end;
        _isAlone = end.OutOfMemory is not null && SessionWork.Of(session).Units == 1;
        foreach (Attempt call in session.Running.Values.Where(a => a.Task.Kind == TaskKind.ActorCall))
        {
            ActorRecord actor = call.Task.Actor!;
            Blame blame = Of(call);
            if (blame < _actors.GetValueOrDefault(actor, Blame.Bystander))
            {
                _actors[actor] = blame;
            }
        }
    }

    public Blame Of(Attempt attempt)
    {
        if (_end.OutOfMemory is not null)
        {
            return attempt.IsWaitingToRide || (_isAlone && _end.HasSiblings && attempt.Task.Kind == TaskKind.Normal) ? Blame.Bystander : _isAlone ? Blame.Culprit : Blame.Suspect;
        }

        if (_end.NoEnvironment is not null)
        {
            // All that was to run there asks for the same; nothing has begun.
            return attempt.IsWaitingToRide ? Blame.Bystander : Blame.Culprit;
        }

        if (!_end.IsOwnDoing)
        {
            return Blame.Bystander;
        }

        if (!_end.Culprit.IsNone)
        {
            return attempt.Task.TaskId == _end.Culprit && attempt.Number == _end.CulpritAttempt ? Blame.Culprit : Blame.Bystander;
        }

        // What the node knows of who has begun, waits or has ended lies behind what they had done by then.
        return _session.Running.Count == 1 ? Blame.Culprit : Blame.Suspect;
    }

    /// <summary>Of an actor that lives there: what its calls are, and where nothing ran, somebody must have done it.</summary>
    public Blame Of(ActorRecord actor)
    {
        if (_end.OutOfMemory is not null)
        {
            return _isAlone ? Blame.Culprit : Blame.Suspect;
        }

        if (_end.IsOwnDoing && _end.Culprit.IsNone && _session.Running.Count == 0)
        {
            return _session.Instances.Count == 1 ? Blame.Culprit : Blame.Suspect;
        }

        return _actors.GetValueOrDefault(actor, Blame.Bystander);
    }
}
