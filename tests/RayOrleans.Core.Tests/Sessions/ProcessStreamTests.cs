namespace RayOrleans.Core.Tests.Sessions;

/// <summary>Streams that a process reads.</summary>
public sealed class ProcessStreamTests
{
    [Fact]
    public void NodeThatIsGone_EndsTheReader_BehindTheItemsThatCame()
    {
        NodeEngine process = new(new EngineOptions { Resources = ResourceShape.Zero, IsProcess = true });
        JobRecord job = new(new JobId(1), new TaskId(1, 1));
        TaskRecord stream = new(job.NextChildId(), job, null, TaskOptions.Default) { Stream = new StreamRecord() };
        process.Submit(stream);
        RemoteRef item = new(new ObjectId(stream.TaskId, 1), NodeId.None, job.Id, NodeId.None);
        process.OnNodeMessage(new ItemMessage(stream.TaskId, new SessionValue(item, HasValue: true, "an item", 8, [], null)));

        process.CloseProcess("its node is gone");

        Assert.Equal("an item", process.TakeItem(stream)?.Value);
        Assert.False(process.WatchStream(stream, new CountingWatcher()));
        Assert.Contains("its node is gone", Assert.IsType<Failure>(stream.Value).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NodeThatIsGone_EndsAReaderThatWaits()
    {
        NodeEngine process = new(new EngineOptions { Resources = ResourceShape.Zero, IsProcess = true });
        JobRecord job = new(new JobId(1), new TaskId(1, 1));
        TaskRecord stream = new(job.NextChildId(), job, null, TaskOptions.Default) { Stream = new StreamRecord() };
        process.Submit(stream);
        CountingWatcher reader = new();
        Assert.True(process.WatchStream(stream, reader));

        process.CloseProcess("its node is gone");

        Effect[] effects = [];
        int count = process.TakeEffects(ref effects);
        Assert.Contains(effects[..count], e => e.Kind == EffectKind.Fire && e.Subject == reader);
    }
}
