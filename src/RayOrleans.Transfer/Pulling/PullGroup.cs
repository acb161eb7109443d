namespace RayOrleans.Transfer;

/// <summary>One caller's wish: objects to be admitted together. All but its completion belongs to the board's lock.</summary>
internal sealed class PullGroup(PullClass priority, IReadOnlyList<PullJob> asked)
{
    private readonly TaskCompletionSource<IReadOnlyList<PullResult>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PullClass Class { get; } = priority;

    /// <summary>Each object once.</summary>
    public PullJob[] Jobs { get; } = [.. asked.Distinct()];

    /// <summary>Its place in the admission; null before all lengths are known.</summary>
    public AdmissionRequest<PullJob>? Admission { get; set; }

    /// <summary>All results are there, or it has left.</summary>
    public bool IsOver { get; set; }

    /// <summary>The result of all, if they failed together.</summary>
    public PullResult? Failure { get; set; }

    public Task<IReadOnlyList<PullResult>> Done => _done.Task;

    /// <summary>Completes the caller's task with the results, in the order in which it asked.</summary>
    public void Finish() => _done.TrySetResult([.. asked.Select(job => Failure ?? job.Result!)]);

    public void Cancel(CancellationToken ct) => _done.TrySetCanceled(ct);
}
