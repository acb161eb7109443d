namespace RayOrleans.Core.Tests.Sessions;

/// <summary>What a driver's process asks for when its node is gone already.</summary>
public sealed class ProcessCloseTests
{
    private readonly NodeEngine _process = new(new EngineOptions { Resources = ResourceShape.Zero, IsProcess = true });
    private readonly JobRecord _job = new(new JobId(1), new TaskId(1, 1));

    [Fact]
    public void Submit_AfterTheEnd_FailsAtOnce_WithItsReason()
    {
        _process.CloseProcess("its node is gone");
        TaskRecord task = NewTask();

        _process.Submit(task);

        AssertFailed(task);
    }

    [Fact]
    public void SubmitOfATuple_AfterTheEnd_FailsAtOnce_WithItsParts()
    {
        _process.CloseProcess("its node is gone");
        TaskRecord task = NewTask();
        task.Parts = [new ObjectEntry(task.TaskId, 1, task), new ObjectEntry(task.TaskId, 2, task)];

        _process.Submit(task);

        AssertFailed(task);
        Assert.All(task.Parts, AssertFailed);
    }

    [Fact]
    public void SubmitOfAStream_AfterTheEnd_EndsItsReader()
    {
        _process.CloseProcess("its node is gone");
        TaskRecord stream = new(_job.NextChildId(), _job, null, TaskOptions.Default) { Name = "work", Stream = new StreamRecord() };

        _process.Submit(stream);

        Assert.False(_process.WatchStream(stream, new CountingWatcher()));
        AssertFailed(stream);
    }

    [Fact]
    public void Wait_ForWhatIsHeardOfAfterTheEnd_FailsAtOnce()
    {
        // Its last messages may be taken after the end was decided here.
        _process.CloseProcess("its node is gone");
        RemoteRef late = new(new ObjectId(_job.NextChildId(), 0), NodeId.None, _job.Id, NodeId.None, 0, new RemoteActor(new ActorOptions(), "Late", null));
        _process.OnNodeMessage(new NamedMessage(1, late, IsOther: false, null));
        ObjectEntry entry = _process.TakeNamed(1)!;
        CountingWatcher watcher = new();

        Assert.True(_process.Watch(watcher, new ReadOnlySpan<ObjectEntry>(ref entry), 1));

        Effect[] effects = [];
        int count = _process.TakeEffects(ref effects);
        Assert.Contains(effects[..count], e => e.Kind == EffectKind.Fire && e.Subject == watcher);
        AssertFailed(entry);
    }

    [Fact]
    public void Messages_AfterTheEnd_AreNotKept_AndNothingIsLeft()
    {
        _process.CloseProcess("its node is gone");
        TaskRecord task = NewTask();
        _process.Submit(task);
        ObjectEntry put = new(_job.NextChildId(), ObjectId.PutIndex);
        _process.Put(put, "a value", 8, null);

        _process.ReleaseHold(task, bySubmitter: true);
        _process.ReleaseHold(put);

        Assert.Empty(_process.TakeNodeMessages());
        Assert.Equal((0, 0, 0), (_process.WaitingForNode, _process.LiveObjects, _process.KnownToNode));
    }

    private TaskRecord NewTask() => new(_job.NextChildId(), _job, null, TaskOptions.Default) { Name = "work" };

    private static void AssertFailed(ObjectEntry entry)
    {
        Failure failure = Assert.IsType<Failure>(entry.Value);
        Assert.Equal(FailureKind.Shutdown, failure.Kind);
        Assert.Contains("its node is gone", failure.Message, StringComparison.Ordinal);
    }
}
