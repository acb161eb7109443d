namespace RayOrleans.Core.Tests.Objects;

public sealed class ChainTests
{
    private const int Length = 100_000;

    [Theory]
    [InlineData("fails")]
    [InlineData("is cancelled")]
    public void LongChain_HeadEndsBadly_AllEndInConstantStack(string how)
    {
        TestEngine node = new();
        TaskRecord head = node.Submit();
        TaskRecord last = head;
        for (int i = 0; i < Length; i++)
        {
            TaskRecord next = node.Submit(last);
            if (last != head)
            {
                node.Release(last);
            }

            last = next;
        }

        Attempt attempt = node.Start(head);
        OnSmallStack(() =>
        {
            if (how == "fails")
            {
                node.Fail(attempt);
            }
            else
            {
                node.Do(e => e.Cancel(head));
            }
        });

        Assert.Equal(how == "fails" ? TaskState.Failed : TaskState.Cancelled, last.State);
        node.Complete(attempt);
        node.Release(last);
        node.Release(head);
        node.AssertEmpty();
    }

    [Fact]
    public void LongChain_Wanted_IsMarkedInConstantStack()
    {
        TestEngine node = new();
        TaskRecord head = node.Submit();
        TaskRecord last = head;
        for (int i = 0; i < Length; i++)
        {
            last = node.Submit(last);
        }

        node.Submit();
        OnSmallStack(() => node.Engine.Want(last));
        Assert.Same(head, node.TryStart(wantedOnly: true)?.Task);
    }

    [Fact]
    public void Fan_OfDependents_StartsInTheOrderSubmitted()
    {
        TestEngine node = new();
        TaskRecord head = node.Submit();
        List<TaskRecord> dependents = [.. Enumerable.Range(0, Length).Select(_ => node.Submit(head))];
        node.Complete(node.Start(head));
        Assert.Equal(dependents, node.RunAll());
    }

    [Fact]
    public void LongChain_Lost_IsRebuiltInConstantStack()
    {
        TestEngine node = new(lineage: true);
        TaskRecord last = node.Submit();
        for (int i = 0; i < Length; i++)
        {
            TaskRecord next = node.Submit(last);
            node.Release(last);
            last = next;
        }

        Assert.Equal(Length + 1, node.RunAll().Count);
        Assert.Equal(1, node.Engine.LiveObjects);
        OnSmallStack(() => node.Do(e => e.Lose(last)));
        Assert.Equal(Length + 1, node.RunAll().Count);
        Assert.Equal(ObjectStatus.Available, last.Status);
        node.Release(last);
        node.AssertEmpty();
    }

    private static void OnSmallStack(Action action)
    {
        Thread small = new(() => action(), 256 * 1024);
        small.Start();
        small.Join();
    }
}
