using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>The storage of the GCS is away: local work goes on, what is to be written waits within a bound, then those who submit wait, and nothing is lost.</summary>
public sealed class BackPressureTests : IAsyncDisposable
{
    private const long Bound = 200_000;

    private readonly HeldJournal _journal = new();
    private readonly TwoNodes _nodes;
    private readonly List<string> _warnings = [];

    public BackPressureTests()
    {
        _nodes = TwoNodes.Start(o => o.MaxGcsBacklogBytes = Bound, openJournal: _ => _journal);
        _nodes.First.Services.Events.Warned += text =>
        {
            lock (_warnings)
            {
                _warnings.Add(text);
            }
        };
    }

    private Runtime.Cluster.Nodes.ShardBackPressure Pressure => _nodes.First.Services.Cluster!.Pressure;

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task StorageAway_LocalWorkGoesOn()
    {
        _journal.Hold();
        List<ObjectRef<int>> here = [.. Enumerable.Range(0, 5_000).Select(i => _nodes.Ray.Remote((int n) => n + 1, i))];
        Assert.Equal(Enumerable.Range(1, 5_000), await Task.WhenAll(here.Select(r => r.Soon())));
        Assert.Equal(0, Pressure.Waiting);
        _journal.LetGo();
    }

    [Fact]
    public async Task StorageAway_SubmissionsThatAreToldOthersWait_WithinTheBound_AndGoOn()
    {
        ObjectRef<int> warm = _nodes.Elsewhere.Remote((int n) => n, 1);
        await warm.Soon();
        _journal.Hold();
        int submitted = 0;
        List<ObjectRef<int>> results = [];
        Task submitting = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 3_000; i++)
                {
                    results.Add(SubmitElsewhere(i));
                    Volatile.Write(ref submitted, i + 1);
                }
            },
            TaskCreationOptions.LongRunning);
        await Patience.OnThread(() => Patience.Until(() => Pressure.Waiting > 0, () => $"the submitter waits; {Pressure.Bytes} bytes are not kept"), "back-pressure");

        // Nothing is kept, so nothing can have ended; and the queue ends where it is said to.
        Assert.InRange(Volatile.Read(ref submitted), 1, 2_999);
        Assert.InRange(Pressure.Bytes, Bound, Bound + 10_000);
        Assert.False(results[0].IsCompleted);

        // It waits first, and says so then.
        await Patience.OnThread(() => Patience.Until(() => HasWarned(nameof(RayOptions.MaxGcsBacklogBytes)), "the submitter says that it waits"), "a warning");
        _journal.LetGo();
        await submitting.WaitAsync(Patience.Limit);
        Assert.Equal(Enumerable.Range(0, 3_000), await Task.WhenAll(results.Select(r => r.Soon())));
        await Patience.OnThread(() => Patience.Until(() => Pressure.Bytes == 0, () => $"everything is kept; {Pressure.Bytes} bytes are not"), "an empty backlog");
        Assert.True(HasWarned("Submissions go on"));
    }

    [Fact]
    public async Task StorageFails_NothingIsLost()
    {
        await _nodes.Elsewhere.Remote((int n) => n, 1).Soon();
        _journal.Error = new IOException("no space left");
        List<ObjectRef<int>> results = [.. Enumerable.Range(0, 100).Select(i => SubmitElsewhere(i))];
        await Patience.OnThread(() => Patience.Until(() => _journal.Failures > 3, "the journal was tried"), "a journal that fails");
        _journal.Error = null;
        Assert.Equal(Enumerable.Range(0, 100), await Task.WhenAll(results.Select(r => r.Soon())));
    }

    [Fact]
    public async Task NodeThatStops_SubmitterIsToldSo()
    {
        await _nodes.Elsewhere.Remote((int n) => n, 1).Soon();
        _journal.Hold();
        Task submitting = Task.Factory.StartNew(
            () =>
            {
                while (true)
                {
                    _ = SubmitElsewhere(1);
                }
            },
            TaskCreationOptions.LongRunning);
        await Patience.OnThread(() => Patience.Until(() => Pressure.Waiting > 0, "the submitter waits"), "back-pressure");
        Task stopping = _nodes.First.StopAsync("the test stops it").AsTask();
        await Assert.ThrowsAsync<NodeDiedException>(() => submitting.WaitAsync(Patience.Limit));
        _journal.LetGo();
        await stopping.WaitAsync(Patience.Limit);
    }

    private bool HasWarned(string part)
    {
        lock (_warnings)
        {
            return _warnings.Exists(w => w.Contains(part, StringComparison.Ordinal));
        }
    }

    /// <summary>The table must know what the task refers to before it leaves this node.</summary>
    private ObjectRef<int> SubmitElsewhere(int value) => _nodes.Elsewhere.Remote((ObjectRef<int>[] refs) => Ray.Get(refs[0]), new[] { _nodes.Ray.Put(value) });
}
