namespace RayOrleans.Core;

/// <summary>
/// The sending end of a link: messages appended under the engine's lock, taken in batches by one drainer at a time. A batch stays in
/// flight until it is answered; what follows waits, and so travels together.
/// </summary>
public sealed class Link
{
    /// <summary>How many bytes of payload a batch holds, about; a single larger message goes alone.</summary>
    public const int BatchBytes = 48 * 1024;

    private const int BatchMessages = 512;

    private readonly Queue<(Message Message, int Bytes)> _waiting = new();
    private long _nextNumber = 1;
    private long _bytes;
    private long _bytesInFlight;

    internal Link(Party from, long fromEpoch, Party to)
    {
        From = from;
        FromEpoch = fromEpoch;
        To = to;
    }

    /// <summary>Where what waits is counted; null: nowhere.</summary>
    internal LinkBacklog? Backlog { get; init; }

    /// <summary>Who sends.</summary>
    public Party From { get; }

    /// <summary>The sending shard's epoch.</summary>
    public long FromEpoch { get; }

    /// <summary>Who receives.</summary>
    public Party To { get; }

    /// <summary>The receiving shard's epoch, as far as it is known.</summary>
    public long ToEpoch { get; private set; }

    /// <summary>The batch that was sent and not answered.</summary>
    public Batch? InFlight { get; private set; }

    /// <summary>Whether the link is closed: the other side is dead.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Messages that wait to be taken.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Whether its drainer was told since it last found nothing to take.</summary>
    internal bool IsSignalled { get; set; }

    internal void Add(Message message)
    {
        if (!IsClosed)
        {
            int bytes = message.Bytes;
            _waiting.Enqueue((message, bytes));
            Count(bytes + LinkBacklog.MessageBytes);
        }
    }

    /// <summary>Takes the next batch; null while one is in flight, or when nothing waits.</summary>
    internal Batch? TryTake()
    {
        if (InFlight is not null || _waiting.Count == 0)
        {
            IsSignalled = InFlight is not null;
            return null;
        }

        List<Message> messages = [];
        int bytes = 0;
        while (messages.Count < BatchMessages && _waiting.TryPeek(out (Message Message, int Bytes) next) && (messages.Count == 0 || bytes + next.Bytes <= BatchBytes))
        {
            _waiting.Dequeue();
            messages.Add(next.Message);
            bytes += next.Bytes;
        }

        _bytesInFlight = bytes + ((long)messages.Count * LinkBacklog.MessageBytes);
        InFlight = new Batch(From, FromEpoch, To, ToEpoch, _nextNumber++, messages);
        return InFlight;
    }

    /// <summary>
    /// Whether a batch must be sent again though it was answered: by an activation of the shard that has been given up, while another one waits for it.
    /// Asked after the machine was told the answer. A refused batch is not sent again: the membership closes the link.
    /// </summary>
    public bool IsToResend(Batch batch, BatchAnswer answer) => answer.Kind == BatchVerdict.OtherEpoch && !IsClosed && ReferenceEquals(InFlight, batch);

    /// <summary>The batch in flight was applied.</summary>
    internal void Answered()
    {
        InFlight = null;
        Count(-_bytesInFlight);
    }

    /// <summary>Takes everything back that is on the way; the receiver starts anew at number 1 in that epoch.</summary>
    internal List<Message> Restart(long epoch)
    {
        List<Message> lost = [.. InFlight?.Messages ?? [], .. _waiting.Select(static w => w.Message)];
        InFlight = null;
        _waiting.Clear();
        Count(-_bytes);
        _nextNumber = 1;
        ToEpoch = epoch;
        IsSignalled = false;
        return lost;
    }

    internal void Close()
    {
        Restart(0);
        IsClosed = true;
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        Backlog?.Add(bytes);
    }
}
