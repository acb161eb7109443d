using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>How a node talks to the global schedulers. Thread-safe.</summary>
internal sealed class SchedulerClient(IClusterTransport transport)
{
    /// <summary>Tells every replica how a node stands. A replica that cannot be reached hears the next one.</summary>
    /// <exception cref="Exception">A replica could not be reached; the others were told.</exception>
    public async ValueTask HeartbeatAsync(NodeLoad load)
    {
        byte[] request = SchedulerWire.EncodeHeartbeat([load]);
        Task[] calls = new Task[transport.SchedulerCount];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = CallAsync(i, request);
        }

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    /// <summary>Asks one replica, chosen by the first task's id, where tasks should run.</summary>
    /// <param name="requests">The tasks; at least one, of a number that fits into a batch.</param>
    /// <returns>The answers, in the order of the requests.</returns>
    public async ValueTask<IReadOnlyList<PlacementAnswer>> PlaceAsync(IReadOnlyList<PlacementRequest> requests)
    {
        int replica = (int)(requests[0].Task.Low % (ulong)transport.SchedulerCount);
        byte[] answer = await transport.CallSchedulerAsync(replica, SchedulerWire.EncodePlace(requests)).ConfigureAwait(false);
        List<PlacementAnswer> answers = SchedulerWire.DecodeAnswers(answer);
        for (int i = 0; i < requests.Count; i++)
        {
            if (answers.Count != requests.Count || answers[i].Task != requests[i].Task)
            {
                throw new CorruptBatchException("A global scheduler has answered other questions than were asked.");
            }
        }

        return answers;
    }

    /// <summary>How the nodes stand that a replica knows.</summary>
    public async ValueTask<IReadOnlyList<NodeLoad>> NodesAsync(int replica)
    {
        List<NodeLoad> all = [];
        List<NodeLoad> page;
        do
        {
            page = SchedulerWire.DecodeLoads(await transport.CallSchedulerAsync(replica, SchedulerWire.EncodeNodes(all.Count == 0 ? NodeId.None : all[^1].Node)).ConfigureAwait(false));
            all.AddRange(page);
        }
        while (page.Count > 0);
        return all;
    }

    private async Task CallAsync(int replica, byte[] request) => await transport.CallSchedulerAsync(replica, request).ConfigureAwait(false);
}
