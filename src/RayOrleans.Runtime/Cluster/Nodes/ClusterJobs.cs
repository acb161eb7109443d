using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>The job table as a node sees it. Thread-safe.</summary>
internal sealed class ClusterJobs(KeyClient shards)
{
    private readonly TaskCompletionSource _recorded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the table has it that the job of this node's driver has ended.</summary>
    public Task Recorded => _recorded.Task;

    public void OnRecorded() => _recorded.TrySetResult();

    /// <summary>Every job that the table knows, the newest first, and whether every shard has answered in time.</summary>
    public async ValueTask<(IReadOnlyList<JobReport> Jobs, bool IsPartial)> ListAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        Task<List<JobReport>?>[] answers = [.. Enumerable.Range(0, shards.ShardCount).Select(s => ListAsync(s, limit.Token, cancellationToken))];
        List<JobReport>?[] lists = await Task.WhenAll(answers).ConfigureAwait(false);
        return ([.. lists.SelectMany(l => l ?? []).OrderByDescending(j => j.StartedAt).ThenBy(j => j.Job.Value)], lists.Any(l => l is null));
    }

    /// <summary>Null: the shard has not answered in time.</summary>
    private async Task<List<JobReport>?> ListAsync(int shard, CancellationToken limit, CancellationToken cancellationToken)
    {
        List<JobReport> all = [];
        List<JobReport> page;
        do
        {
            try
            {
                page = JobWire.DecodeAnswer(await shards.SendAsync(shard, JobWire.EncodeRequest(all.LastOrDefault()), limit).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }

            all.AddRange(page);
        }
        while (page.Count > 0);
        return all;
    }
}
