namespace RayOrleans.ObjectStore;

/// <summary>
/// Lets sets of objects in, all of a set or nothing, in order of arrival, while all that are in take at most a share of the memory. Whoever waits holds nothing,
/// and the first is always let in when nobody is, so sets never wait for each other in a circle. Pure; not thread-safe.
/// </summary>
internal sealed class RestoreAdmission(long limitBytes)
{
    private readonly LinkedList<Request> _waiting = new();
    private int _admitted;

    public long AdmittedBytes { get; private set; }

    public int Waiting => _waiting.Count;

    /// <summary>Asks to be let in; <see cref="Request.IsAdmitted"/> tells whether that happened at once.</summary>
    public Request Enter(long bytes)
    {
        Request request = new(bytes);
        if (_waiting.Count == 0 && Fits(bytes))
            Admit(request);
        else
            request.Place = _waiting.AddLast(request);
        return request;
    }

    /// <summary>Stops waiting, or gives back what was admitted; returns who is let in now.</summary>
    public List<Request> Leave(Request request)
    {
        if (request.Place is { } place)
        {
            _waiting.Remove(place);
            request.Place = null;
        }
        else if (request.IsAdmitted)
        {
            request.IsAdmitted = false;
            AdmittedBytes -= request.Bytes;
            _admitted--;
        }

        List<Request> admitted = [];
        while (_waiting.First is { Value: var next } && Fits(next.Bytes))
        {
            _waiting.RemoveFirst();
            next.Place = null;
            Admit(next);
            admitted.Add(next);
        }

        return admitted;
    }

    private bool Fits(long bytes) => _admitted == 0 || AdmittedBytes + bytes <= limitBytes;

    private void Admit(Request request)
    {
        request.IsAdmitted = true;
        AdmittedBytes += request.Bytes;
        _admitted++;
    }

    /// <summary>One set.</summary>
    internal sealed class Request(long bytes)
    {
        public long Bytes { get; } = bytes;

        public bool IsAdmitted { get; set; }

        public LinkedListNode<Request>? Place { get; set; }

        /// <summary>Set when it was let in.</summary>
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
