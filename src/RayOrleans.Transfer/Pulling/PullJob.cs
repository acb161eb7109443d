namespace RayOrleans.Transfer;

/// <summary>One object being pulled, for whoever asked. All but the pull itself belongs to the board's lock.</summary>
internal sealed class PullJob(PullRequest request, ObjectPull pull)
{
    private readonly CancellationTokenSource _cancel = new();

    public ObjectKey Key { get; } = request.Key;

    public ObjectPull Pull { get; } = pull;

    public CancellationToken Cancellation => _cancel.Token;

    /// <summary>Null: not known yet.</summary>
    public long? Length { get; set; } = request.Length;

    public bool IsStarted { get; set; }

    /// <summary>Null: not finished.</summary>
    public PullResult? Result { get; set; }

    /// <summary>Who waits for it.</summary>
    public List<PullGroup> Groups { get; } = [];

    public void Cancel() => _cancel.Cancel();
}
