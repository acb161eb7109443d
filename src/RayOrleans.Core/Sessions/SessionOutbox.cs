namespace RayOrleans.Core;

/// <summary>Messages to the other side of a session, in the order in which they were decided. The first one since the last take is an effect.</summary>
internal sealed class SessionOutbox(Outbox outbox)
{
    private List<SessionMessage> _messages = [];
    private bool _isClosed;

    /// <summary>Who takes the messages; the subject of the effect.</summary>
    public object? Subject { get; set; }

    public int Count => _messages.Count;

    /// <summary>Nobody is there to take messages any more.</summary>
    public void Close()
    {
        _isClosed = true;
        _messages = [];
    }

    public void Add(SessionMessage message)
    {
        if (_isClosed)
        {
            return;
        }

        _messages.Add(message);
        if (_messages.Count == 1)
        {
            outbox.Add(EffectKind.SessionReady, Subject ?? this);
        }
    }

    /// <summary>Takes the last message back, if it is this one and nobody has taken it.</summary>
    public bool TryTakeBack(SessionMessage message)
    {
        // The first one stays: its effect may be on its way, and an empty take is harmless but wakes somebody.
        if (_messages.Count < 2 || !_messages[^1].Equals(message))
        {
            return false;
        }

        _messages.RemoveAt(_messages.Count - 1);
        return true;
    }

    public List<SessionMessage> Take()
    {
        List<SessionMessage> taken = _messages;
        _messages = [];
        return taken;
    }
}
