using System.Net;
using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer;

/// <summary>
/// Fetches objects from the data ports of other nodes into this node's store. One pull per object and version however many ask; what runs at a time
/// is bounded in bytes. Thread-safe. Stop it with <see cref="DisposeAsync"/>; it writes to the store no more after that.
/// </summary>
public sealed class Puller : IAsyncDisposable
{
    private readonly PullerOptions _options;
    private readonly PeerBook _peers;
    private readonly PullBoard _board;
    private readonly WorkCount _work = new();

    /// <param name="store">Where large objects are received into.</param>
    /// <param name="sink">Who takes them.</param>
    /// <param name="options">Settings, validated here; null: the defaults.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public Puller(SharedMemoryStore store, ITransferSink sink, PullerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(sink);
        _options = options ?? new PullerOptions();
        _options.Validate();
        _peers = new PeerBook(_options);
        _board = new PullBoard(
            _options.BudgetBytes ?? Math.Max(1, store.CapacityBytes / 2),
            store.CapacityBytes,
            request => new PullJob(request, new ObjectPull(request, store, sink, _peers, _options)));
    }

    /// <summary>Pulls one object, or joins the pull of it that is under way; the more urgent of the classes counts.</summary>
    /// <param name="request">The object and where it is.</param>
    /// <param name="ct">Takes this caller out; when nobody else asks for the object, its pull is cancelled.</param>
    /// <returns>The outcome; that a source or the object is gone is not an exception.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The puller is disposed.</exception>
    public async Task<PullResult> PullAsync(PullRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (await PullAllAsync([request], ct).ConfigureAwait(false))[0];
    }

    /// <summary>
    /// Pulls several objects that are needed together, such as the inputs of a task: all are admitted at once or none is. The most urgent of their
    /// classes counts for all.
    /// </summary>
    /// <param name="requests">At least one.</param>
    /// <param name="ct">Takes this caller out.</param>
    /// <returns>The outcomes, in the order of the requests; some may fail and others not.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The puller is disposed.</exception>
    public async Task<IReadOnlyList<PullResult>> PullAllAsync(IReadOnlyList<PullRequest> requests, CancellationToken ct = default)
    {
        Check(requests);
        ct.ThrowIfCancellationRequested();
        CarryOut(_board.Join(requests.Min(static request => request.Class), requests, out PullGroup group));
        using CancellationTokenRegistration registration = ct.UnsafeRegister((_, token) => Cancel(group, token), null);
        return await group.Done.ConfigureAwait(false);
    }

    /// <summary>
    /// Counts the pull of an object that is under way as one of a more urgent class, though those who asked for it did not. Does nothing when it is not under way. Those who
    /// asked wait for its end then: leaving does not cancel it.
    /// </summary>
    /// <param name="id">The object.</param>
    /// <param name="version">Its version.</param>
    /// <param name="priority">Whom it is for.</param>
    public void Raise(ObjectId id, int version, PullClass priority) => CarryOut(_board.Raise(new ObjectKey(id, version), priority));

    /// <summary>Current totals and counters.</summary>
    public PullerTotals GetTotals() => _board.GetTotals() with { BytesIn = _peers.BytesIn };

    /// <summary>What is known about each peer that was pulled from: the scheduler's estimate of transfer times rests on it.</summary>
    public IReadOnlyList<PeerTotals> GetPeers() => _peers.GetTotals();

    /// <summary>
    /// Closes the connections to a peer and forgets what is known about it; called when its node has left, or was declared dead. Pulls from it go on with another
    /// source at once, also where it has only fallen silent.
    /// </summary>
    /// <param name="peer">The peer's data port.</param>
    public void Forget(EndPoint peer) => _peers.Forget(peer);

    /// <summary>Ends all pulls with <see cref="PullStatus.Stopped"/>, and waits until nothing is written to the store any more.</summary>
    public async ValueTask DisposeAsync()
    {
        CarryOut(_board.Close(Stopped()));
        await _work.CloseAsync().ConfigureAwait(false);
        _peers.Dispose();
    }

    private static PullResult Stopped() => PullResult.Failure(PullStatus.Stopped, "The node's transfer service has been stopped.");

    private static void Check(IReadOnlyList<PullRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfZero(requests.Count, nameof(requests));
        foreach (PullRequest request in requests)
        {
            if (request.Length is < 0 or > WireLimits.MaxObjectBytes)
                throw new ArgumentOutOfRangeException(nameof(requests), request.Length, $"The length of object {request.Id} must be between 0 and 32 TiB.");
        }
    }

    private void Cancel(PullGroup group, CancellationToken token)
    {
        if (_board.Leave(group) is not { } change)
            return;
        group.Cancel(token);
        CarryOut(change);
    }

    private void CarryOut(BoardChange change)
    {
        foreach (PullGroup group in change.ToFinish)
            group.Finish();
        foreach (PullJob job in change.ToCancel)
            job.Cancel();
        foreach (PullJob job in change.ToMeasure)
            Begin(job, MeasureAsync);
        foreach (PullJob job in change.ToStart)
            Begin(job, RunAsync);
    }

    private void Begin(PullJob job, Func<PullJob, Task<BoardChange>> work)
    {
        // Without the context of whoever asks: connections opened here stay, and must not keep what that holds.
        if (_work.TryEnter())
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = WorkAsync(job, work), null);
    }

    private async Task WorkAsync(PullJob job, Func<PullJob, Task<BoardChange>> work)
    {
        try
        {
            CarryOut(await work(job).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            // Nobody may be left waiting, whatever went wrong: in the sink, in the function that knows the sources, or because all is being stopped.
            CarryOut(_board.Finished(job, job.Cancellation.IsCancellationRequested ? Stopped() : Broken(job, error)));
        }
        finally
        {
            _work.Exit();
        }
    }

    private static PullResult Broken(PullJob job, Exception error) => error is ObjectDisposedException
        ? PullResult.Failure(PullStatus.Stopped, $"Object {job.Key.Id} could not be pulled: the object store has been disposed.")
        : PullResult.Failure(PullStatus.SourcesFailed, $"Object {job.Key.Id} version {job.Key.Version} could not be pulled: {error.GetType().Name}: {error.Message}");

    private async Task<BoardChange> MeasureAsync(PullJob job)
    {
        (long length, PullResult? failure) = await job.Pull.FindLengthAsync(job.Cancellation).ConfigureAwait(false);
        return failure is null ? _board.Measured(job, length) : _board.Finished(job, failure);
    }

    private async Task<BoardChange> RunAsync(PullJob job) =>
        _board.Finished(job, await job.Pull.RunAsync(job.Length!.Value, job.Cancellation).ConfigureAwait(false));
}
