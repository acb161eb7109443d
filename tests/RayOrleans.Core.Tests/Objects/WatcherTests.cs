namespace RayOrleans.Core.Tests.Objects;

public sealed class WatcherTests
{
    [Fact]
    public void Watch_AllSettled_IsNotRegistered()
    {
        TestEngine node = new();
        CountingWatcher watcher = new();
        Assert.False(node.Engine.Watch(watcher, [node.Put(), node.Put()], 2));
        Assert.Equal(0, watcher.Fired);
    }

    [Fact]
    public void Watch_Some_FiresOnceWhenEnoughHaveSettled()
    {
        TestEngine node = new(cpus: 4);
        TaskRecord[] tasks = [node.Submit(), node.Submit(), node.Submit()];
        Attempt[] attempts = [.. tasks.Select(node.Start)];
        CountingWatcher two = new();
        CountingWatcher all = new();
        Assert.True(node.Engine.Watch(two, tasks, 2));
        Assert.True(node.Engine.Watch(all, tasks, 3));
        node.Complete(attempts[2]);
        Assert.Equal(0, two.Fired);
        node.Fail(attempts[0]);
        Assert.Equal((1, 0), (two.Fired, all.Fired));
        node.Complete(attempts[1]);
        Assert.Equal((1, 1), (two.Fired, all.Fired));
    }

    [Fact]
    public void Watch_SameObjectTwice_CountsTwice()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        CountingWatcher watcher = new();
        Assert.True(node.Engine.Watch(watcher, [task, task], 2));
        node.Complete(node.Start(task));
        Assert.Equal(1, watcher.Fired);
    }

    [Fact]
    public void FailFast_FirstFailure_IsEnough()
    {
        TestEngine node = new(cpus: 2);
        TaskRecord first = node.Submit();
        TaskRecord second = node.Submit();
        CountingWatcher watcher = new() { FailFast = true };
        Assert.True(node.Engine.Watch(watcher, [first, second], 2));
        node.Fail(node.Start(first));
        Assert.Equal(1, watcher.Fired);
        Assert.False(node.Engine.Watch(new CountingWatcher { FailFast = true }, [first, second], 2));
        Assert.True(node.Engine.Watch(new CountingWatcher(), [first, second], 2));
    }

    [Fact]
    public void Unwatch_InTime_NeverFires()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        CountingWatcher watcher = new();
        node.Engine.Watch(watcher, [task], 1);
        Assert.True(node.Engine.Unwatch(watcher, [task]));
        node.Complete(node.Start(task));
        Assert.Equal(0, watcher.Fired);
    }

    [Fact]
    public void Unwatch_TooLate_SaysSo()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        CountingWatcher watcher = new();
        node.Engine.Watch(watcher, [task], 1);
        node.Complete(node.Start(task));
        Assert.False(node.Engine.Unwatch(watcher, [task]));
        Assert.Equal(1, watcher.Fired);
    }

    [Fact]
    public void Watchers_AreServedInTheOrderTheyCame()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        CountingWatcher[] watchers = [.. Enumerable.Range(0, 5).Select(_ => new CountingWatcher())];
        foreach (CountingWatcher watcher in watchers)
        {
            node.Engine.Watch(watcher, [task], 1);
        }

        node.Complete(node.Start(task));
        Assert.Equal(watchers, node.Effects.Where(e => e.Kind == EffectKind.Fire).Select(e => e.Subject));
    }
}
