namespace RayOrleans.ObjectStore;

/// <summary>One request waiting for room.</summary>
internal sealed class Waiter(long length, TimeSpan timeout, long since = 0, bool mayUseDisk = true)
{
    private readonly TaskCompletionSource<StoreBlock> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Length { get; } = length;

    public long AllocatedLength { get; } = RunAllocator.Round(length);

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>When it came.</summary>
    public long Since { get; } = since;

    /// <summary>Whether memory mapped from a file will do after a while; a restore maps the file that there is.</summary>
    public bool MayUseDisk { get; } = mayUseDisk;

    /// <summary>Bytes that younger requests have taken while this one was the oldest. Belongs to the queue's lock.</summary>
    public long OvertakenBytes { get; set; }

    public LinkedListNode<Waiter>? Place { get; set; }

    public ITimer? Timer { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    public Task<StoreBlock> Task => _done.Task;

    public void Succeed(StoreBlock block) => _done.TrySetResult(block);

    public void Fail(Exception error) => _done.TrySetException(error);

    public void Cancel(CancellationToken token) => _done.TrySetCanceled(token);

    public void DisposeTriggers()
    {
        Timer?.Dispose();
        Cancellation.Unregister();
    }
}
