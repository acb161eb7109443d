using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>Placement requests on their way to the global schedulers: what gathers while a call is under way goes with the next.</summary>
internal sealed class PlacementQueue(SchedulerClient schedulers, Action<PlacementRequest, PlacementAnswer?> answered, Action<Exception> failed)
{
    private const int Most = 256;

    private readonly Lock _lock = new();
    private readonly Queue<PlacementRequest> _waiting = new();
    private bool _isBusy;

    public void Add(PlacementRequest request)
    {
        lock (_lock)
        {
            _waiting.Enqueue(request);
            if (_isBusy)
            {
                return;
            }

            _isBusy = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (Take() is { } requests)
        {
            IReadOnlyList<PlacementAnswer?> answers;
            try
            {
                answers = await schedulers.PlaceAsync(requests).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Placed without advice, and asked for again where that is not possible.
                failed(e);
                answers = new PlacementAnswer?[requests.Count];
            }

            for (int i = 0; i < requests.Count; i++)
            {
                answered(requests[i], answers[i]);
            }
        }
    }

    private List<PlacementRequest>? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _isBusy = false;
                return null;
            }

            List<PlacementRequest> requests = [];
            while (requests.Count < Most && _waiting.TryDequeue(out PlacementRequest? request))
            {
                requests.Add(request);
            }

            return requests;
        }
    }
}
