using System.Collections.Concurrent;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>The job table as a node sees it. Thread-safe.</summary>
internal sealed class ClusterJobs(KeyClient shards)
{
    private readonly ConcurrentDictionary<JobId, TaskCompletionSource> _recorded = new();

    /// <summary>Completes when the table has it that a job has ended whose driver is on this node, or was attached to it.</summary>
    public Task RecordedAsync(JobId job) => SourceOf(job).Task;

    public void OnRecorded(JobId job) => SourceOf(job).TrySetResult();

    /// <summary>Nobody asks for a job any more.</summary>
    public void Forget(JobId job) => _recorded.TryRemove(job, out _);

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

    private TaskCompletionSource SourceOf(JobId job) => _recorded.GetOrAdd(job, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
