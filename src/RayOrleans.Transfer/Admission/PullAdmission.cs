namespace RayOrleans.Transfer;

/// <summary>
/// Decides which pulls may start, pure and without a clock. A request is admitted with all its objects or not at all; classes are strict, and
/// within a class the order is that of arrival. What is admitted finishes without needing anything from what waits, and the oldest request of the
/// top class is admitted whatever its size, so there is always progress: neither a deadlock nor an object too large for the budget is possible.
/// An object that several requests want is pulled and counted once; it counts until all admitted requests that want it are finished,
/// because a request's inputs are needed together. Not thread-safe.
/// </summary>
/// <typeparam name="TKey">Names an object.</typeparam>
/// <param name="budgetBytes">Bytes in flight up to which requests other than the oldest of the top class are admitted.</param>
internal sealed class PullAdmission<TKey>(long budgetBytes)
    where TKey : notnull
{
    private static readonly int Classes = Enum.GetValues<PullClass>().Length;

    private readonly Dictionary<TKey, AdmittedObject<TKey>> _objects = [];
    private readonly AdmissionClass<TKey>[] _classes = [.. Enumerable.Range(0, Classes).Select(static _ => new AdmissionClass<TKey>())];
    private readonly Stack<AdmissionRequest<TKey>> _toAdmit = new();
    private readonly List<TKey> _started = [];

    /// <summary>Bytes of the objects that were started and are still counted.</summary>
    public long BytesInFlight { get; private set; }

    /// <summary>Bytes up to which requests are admitted.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>Requests that are neither finished nor removed.</summary>
    public int RequestCount => _classes.Sum(static requests => requests.All.Count);

    /// <summary>Requests that are not admitted yet.</summary>
    public int WaitingCount => _classes.Sum(static requests => requests.Waiting.Count);

    /// <summary>Enters a request.</summary>
    /// <param name="priority">Its class.</param>
    /// <param name="objects">What it wants, each once, with its length in bytes. The length of an object that is there already is ignored.</param>
    /// <param name="started">Objects to pull from now on.</param>
    public AdmissionRequest<TKey> Add(PullClass priority, IEnumerable<(TKey Key, long Bytes)> objects, out IReadOnlyList<TKey> started)
    {
        AdmissionRequest<TKey> request = new(priority);
        foreach ((TKey key, long bytes) in objects)
        {
            if (!_objects.TryGetValue(key, out AdmittedObject<TKey>? item))
                _objects[key] = item = new AdmittedObject<TKey>(key, bytes);
            item.Requests.Add(request);
            request.Objects.Add(item);
        }

        request.Missing = request.Objects.Count;
        request.Place = _classes[(int)priority].All.AddLast(request);
        request.WaitingPlace = _classes[(int)priority].Waiting.AddLast(request);
        if (request.Cost == 0)
            Admit(request);
        started = Decide();
        return request;
    }

    /// <summary>Whoever made the request does not want it any more. Objects that nobody else wants are forgotten.</summary>
    /// <returns>Objects to pull from now on.</returns>
    public IReadOnlyList<TKey> Remove(AdmissionRequest<TKey> request)
    {
        if (request.Place is not null)
            Leave(request);
        return Decide();
    }

    /// <summary>An object was pulled, or could not be.</summary>
    /// <returns>Objects to pull from now on.</returns>
    public IReadOnlyList<TKey> Complete(TKey key)
    {
        if (!_objects.Remove(key, out AdmittedObject<TKey>? item))
            return Decide();
        item.IsDone = true;
        foreach (AdmissionRequest<TKey> request in item.Requests.ToArray())
        {
            request.Missing--;
            if (request.Missing == 0)
                Leave(request);
        }

        Uncount(item);
        return Decide();
    }

    private void Leave(AdmissionRequest<TKey> request)
    {
        _classes[(int)request.Class].All.Remove(request.Place!);
        request.Place = null;
        if (!request.IsAdmitted)
            _classes[(int)request.Class].Waiting.Remove(request.WaitingPlace!);
        foreach (AdmittedObject<TKey> item in request.Objects)
        {
            item.Requests.Remove(request);
            item.AdmittedRequests -= request.IsAdmitted ? 1 : 0;
            if (item.Requests.Count == 0 && !item.IsDone)
                _objects.Remove(item.Key);
            Uncount(item);
        }
    }

    /// <summary>Gives an object's bytes back once no admitted request needs them and nothing is being received.</summary>
    private void Uncount(AdmittedObject<TKey> item)
    {
        if (!item.IsCounted || item.AdmittedRequests > 0 || (!item.IsDone && item.Requests.Count > 0))
            return;
        item.IsCounted = false;
        BytesInFlight -= item.Bytes;
    }

    private IReadOnlyList<TKey> Decide()
    {
        AdmitWhatFits();
        if (_started.Count == 0)
            return [];
        TKey[] started = [.. _started];
        _started.Clear();
        return started;
    }

    private void AdmitWhatFits()
    {
        bool isTop = true;
        foreach (AdmissionClass<TKey> requests in _classes)
        {
            while (requests.Waiting.First?.Value is { } oldest)
            {
                bool isOldestOfTop = isTop && oldest.Place == requests.All.First;
                if (!isOldestOfTop && BytesInFlight + oldest.Cost > budgetBytes)
                    return;
                Admit(oldest);
            }

            isTop &= requests.All.Count == 0;
        }
    }

    private void Admit(AdmissionRequest<TKey> request)
    {
        _toAdmit.Push(request);
        while (_toAdmit.TryPop(out AdmissionRequest<TKey>? next))
        {
            if (next.IsAdmitted)
                continue;
            next.IsAdmitted = true;
            _classes[(int)next.Class].Waiting.Remove(next.WaitingPlace!);
            foreach (AdmittedObject<TKey> item in next.Objects)
            {
                item.AdmittedRequests++;
                Start(item);
            }
        }
    }

    private void Start(AdmittedObject<TKey> item)
    {
        if (item.IsStarted)
            return;
        item.IsStarted = item.IsCounted = true;
        BytesInFlight += item.Bytes;
        _started.Add(item.Key);
        // What now costs nothing passes those that wait: it is under way already.
        foreach (AdmissionRequest<TKey> other in item.Requests)
        {
            if (!other.IsAdmitted && other.Cost == 0)
                _toAdmit.Push(other);
        }
    }
}
