namespace RayOrleans.Core.Tests.Cluster.Objects;

public sealed class ArgumentAdmissionTests
{
    private readonly TestCluster _cluster = new(2, storeBytes: 1000);

    private NodeEngine Reader => _cluster.Nodes[1];

    [Fact]
    public void TwoTasksWithTwoLargeArgumentsEach_ArePulledForOneAfterTheOther()
    {
        ObjectEntry[] values = Values(400, 400, 400, 400);
        TaskRecord first = _cluster.Submit(Reader, values[0], values[1]);
        TaskRecord second = _cluster.Submit(Reader, values[2], values[3]);
        Assert.Equal([values[0].Id, values[1].Id], Fetched());
        Assert.Equal(new ArgumentTotals(1, 1, 1, 800), Reader.Cluster!.Arguments);
        _cluster.FinishFetch(Reader, values[0].Id);
        Assert.Equal(2, _cluster.Fetches.Count);
        _cluster.FinishFetch(Reader, values[1].Id);
        Attempt attempt = Reader.TryStart()!;
        Assert.Equal(first.Id, attempt.Task.Id);
        _cluster.Deliver();
        Assert.Equal([values[2].Id, values[3].Id], Fetched()[2..]);
        _cluster.FinishFetch(Reader, values[3].Id);
        _cluster.FinishFetch(Reader, values[2].Id);
        Attempt other = Reader.TryStart()!;
        Assert.Equal(second.Id, other.Task.Id);
        Assert.Equal(default, Reader.Cluster.Arguments);
    }

    [Fact]
    public void TasksWhoseArgumentsFitTogether_ArePulledForAtOnce_AndWhatTheyShareCountsOnce()
    {
        ObjectEntry[] values = Values(200, 150, 150);
        _cluster.Submit(Reader, values[0], values[1]);
        _cluster.Submit(Reader, values[0], values[2]);
        Assert.Equal(new ArgumentTotals(0, 2, 2, 500), Reader.Cluster!.Arguments);
        Assert.Equal(values.Select(v => v.Id), Fetched());
    }

    [Fact]
    public void Evicted_BeforeItsTaskIsComplete_TheOthersStepBackUntilTheFirstIs()
    {
        ObjectEntry[] values = Values(120, 120, 120, 120);
        _cluster.Submit(Reader, values[0], values[1]);
        _cluster.Submit(Reader, values[2], values[3]);
        Assert.Equal(2, Reader.Cluster!.Arguments.Incomplete);
        ObjectEntry taken = _cluster.FinishFetch(Reader, values[2].Id);
        Evict(taken);
        _cluster.Deliver();
        Assert.Equal(new ArgumentTotals(1, 1, 1, 240), Reader.Cluster.Arguments);
        Assert.Equal(4, _cluster.Fetches.Count);

        _cluster.FinishFetch(Reader, values[0].Id);
        _cluster.FinishFetch(Reader, values[1].Id);
        Assert.Equal(2, Reader.Cluster.Arguments.Admitted);
        Assert.Equal(values[2].Id, Fetched()[4]);
    }

    /// <summary>While the task waits for one of them to exist again, it does not watch the other, and is not told that this is lost too.</summary>
    [Fact]
    public void EvictedAgainAndAgain_BeforeTheTaskStarts_BothArePulledAgain()
    {
        ObjectEntry[] values = Values(200, 200);
        TaskRecord task = _cluster.Submit(Reader, values[0], values[1]);
        Evict(_cluster.FinishFetch(Reader, values[0].Id));
        ObjectEntry second = _cluster.FinishFetch(Reader, values[1].Id);
        Evict(second);
        Evict(_cluster.EndFetch(Reader, values[0].Id));
        _cluster.Deliver();
        Assert.Equal(5, _cluster.Fetches.Count);

        _cluster.FinishFetch(Reader, values[0].Id);
        _cluster.FinishFetch(Reader, values[1].Id);
        Assert.Equal(task.Id, Reader.TryStart()!.Task.Id);
    }

    [Fact]
    public void NoRoomInTime_TheNextHasItsTurn_AndTheFirstItsOwnAgain()
    {
        ObjectEntry[] values = Values(400, 400, 300, 300);
        _cluster.Submit(Reader, values[0], values[1]);
        _cluster.Submit(Reader, values[2], values[3]);
        _cluster.FindNoRoom(Reader, values[0].Id);
        Assert.Equal([values[2].Id, values[3].Id], Fetched()[2..]);
        Assert.Equal(new ArgumentTotals(1, 1, 1, 600), Reader.Cluster!.Arguments);

        // What was being pulled for the first still comes, and holds nobody up.
        _cluster.FinishFetch(Reader, values[1].Id);
        _cluster.FinishFetch(Reader, values[2].Id);
        _cluster.FinishFetch(Reader, values[3].Id);
        Reader.Tick(1000);
        _cluster.Deliver();
        Assert.Equal(values[0].Id, Fetched()[^1]);
        Assert.Equal(0, Reader.Cluster.Arguments.Waiting);
    }

    [Fact]
    public void Get_OfWhatATaskWaitsForItsTurnFor_IsPulledAtOnce()
    {
        ObjectEntry[] values = Values(600, 600);
        _cluster.Submit(Reader, values[0]);
        _cluster.Submit(Reader, values[1]);
        Assert.Equal([values[0].Id], Fetched());
        ObjectEntry waited = Reader.Entries().Single(e => e.Id == values[1].Id);
        Assert.True(Reader.Watch(new CountingWatcher(), [waited], 1));
        _cluster.Deliver();
        Assert.Equal(FetchReason.Get, _cluster.Fetches[^1].Reason);
        Assert.Equal([values[0].Id, values[1].Id], Fetched());
    }

    [Fact]
    public void CancelledTask_GivesItsTurnToTheNext()
    {
        ObjectEntry[] values = Values(600, 600);
        TaskRecord first = _cluster.Submit(Reader, values[0]);
        _cluster.Submit(Reader, values[1]);
        _cluster.Nodes[0].Cancel(first);
        _cluster.Deliver();
        Assert.Equal(values[1].Id, Fetched()[^1]);
        Assert.Equal(new ArgumentTotals(0, 1, 1, 600), Reader.Cluster!.Arguments);
    }

    private void Evict(ObjectEntry entry) => Reader.LoseHere(entry, entry.Value!, "when its copy was evicted");

    private ObjectEntry[] Values(params long[] sizes) => [.. sizes.Select(s => _cluster.Put(_cluster.Nodes[0], s))];

    private ObjectId[] Fetched() => [.. _cluster.Fetches.Select(f => f.Id)];
}
