namespace RayOrleans.Core.Tests.Objects;

public sealed class RebuildTests
{
    [Fact]
    public void Lost_Result_IsMadeAgainWithANewVersion()
    {
        TestEngine node = new(lineage: true);
        TaskRecord task = node.Submit();
        CountedValue first = new();
        node.Complete(node.Start(task), first);
        node.Do(e => e.Lose(task));
        Assert.Equal((ObjectStatus.Pending, TaskState.Ready), (task.Status, task.State));
        Assert.Equal(1, node.Count(EffectKind.Discard, first));

        node.Complete(node.Start(task), "again");

        Assert.Equal(("again", 1), (task.Value, task.Version));
        node.Release(task);
        node.AssertEmpty();
    }

    [Fact]
    public void Lost_WithInputsGone_RebuildsTheChainAndLetsGoOfItAgain()
    {
        TestEngine node = new(lineage: true);
        TaskRecord first = node.Submit();
        TaskRecord second = node.Submit(first);
        TaskRecord third = node.Submit(second);
        node.Release(first);
        node.Release(second);
        node.RunAll();
        node.Do(e => e.Lose(third));
        Assert.Equal([first, second, third], node.RunAll());
        Assert.Equal((ObjectStatus.Deleted, ObjectStatus.Available), (first.Status, third.Status));
        node.Release(third);
        node.AssertEmpty();
    }

    [Fact]
    public void Lost_InputStillThere_IsNotRepeated()
    {
        TestEngine node = new(lineage: true);
        TaskRecord first = node.Submit();
        TaskRecord second = node.Submit(first);
        node.RunAll();
        node.Do(e => e.Lose(second));
        Assert.Equal([second], node.RunAll());
    }

    [Fact]
    public void Lost_MoreOftenThanRetriesAllow_FailsWithTheReason()
    {
        TestEngine node = new(lineage: true);
        TaskRecord task = node.Send(node.NewTask(retries: 1));
        node.RunAll();
        node.Do(e => e.Lose(task));
        node.RunAll();
        node.Do(e => e.Lose(task));
        AssertFailure(task, FailureKind.ReconstructionFailed, "maxRetries 1");
    }

    [Fact]
    public void Lost_WithoutLineage_Fails()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        node.RunAll();
        node.Do(e => e.Lose(task));
        AssertFailure(task, FailureKind.ObjectLost, "lineage");
    }

    [Fact]
    public void Lost_Put_FailsAndNamesTheRemedy()
    {
        TestEngine node = new(lineage: true);
        ObjectEntry put = node.Put();
        node.Do(e => e.Lose(put));
        AssertFailure(put, FailureKind.ObjectLost, "Durability.Replicated");
    }

    [Fact]
    public void Lost_ItsPutArgumentIsGone_FailsWithReconstructionFailed()
    {
        TestEngine node = new(lineage: true);
        ObjectEntry put = node.Put();
        TaskRecord task = node.Submit(put);
        node.Release(put);
        node.RunAll();
        node.Do(e => e.Lose(task));
        AssertFailure(task, FailureKind.ReconstructionFailed, "Put");
        node.Release(task);
        node.AssertEmpty();
    }

    [Fact]
    public void Lost_ItsPutArgumentIsHeld_IsRebuilt()
    {
        TestEngine node = new(lineage: true);
        ObjectEntry put = node.Put();
        TaskRecord task = node.Submit(put);
        node.RunAll();
        node.Do(e => e.Lose(task));
        Assert.Equal([task], node.RunAll());
    }

    [Fact]
    public void Lost_ResultThatRefersToItsOwnArgument_KeepsTheArgument()
    {
        TestEngine node = new(lineage: true);
        ObjectEntry put = node.Put();
        TaskRecord task = node.NewTask(inputs: [put]);
        task.DependencyCount = 0;
        node.Send(task);
        node.Complete(node.Start(task), 1, [put]);
        node.Release(put);
        node.Do(e => e.Lose(task));
        Assert.Equal((ObjectStatus.Available, TaskState.Ready), (put.Status, task.State));
    }

    [Fact]
    public void Lost_ArgumentWasFreed_IsMadeAgain()
    {
        TestEngine node = new(lineage: true);
        TaskRecord first = node.Submit();
        TaskRecord second = node.Submit(first);
        node.RunAll();
        node.Do(e => e.Free(first));
        node.Do(e => e.Lose(second));
        Assert.Equal([first, second], node.RunAll());
    }

    [Fact]
    public void Lost_JobEnded_IsNotRebuilt()
    {
        TestEngine node = new(lineage: true);
        TaskRecord task = node.Submit();
        node.RunAll();
        node.Do(e => e.EndJob(node.Job, "the driver ended"));
        node.Do(e => e.Lose(task));
        AssertFailure(task, FailureKind.ReconstructionFailed, "job");
    }

    [Fact]
    public void Lost_OnePartOfATuple_OnlyThatIsReplaced()
    {
        TestEngine node = new(lineage: true);
        TaskRecord tuple = node.Send(node.NewTask(parts: 2));
        node.Do(e => e.Hold(tuple.Parts![0]));
        node.Do(e => e.Hold(tuple.Parts![1]));
        node.Release(tuple);
        node.Complete(node.Start(tuple), "first");
        node.Do(e => e.Lose(tuple.Parts![1]));
        node.Complete(node.Start(tuple), "again");
        Assert.Equal(("first", "again"), (tuple.Parts![0].Value, tuple.Parts[1].Value));
        Assert.Equal((0, 1), (tuple.Parts[0].Version, tuple.Parts[1].Version));
    }

    [Fact]
    public void Lost_InputOfAReadyTask_SendsItBackToWait()
    {
        TestEngine node = new(lineage: true);
        TaskRecord first = node.Submit();
        TaskRecord second = node.Submit(first);
        node.Complete(node.Start(first));
        Assert.Equal(TaskState.Ready, second.State);
        node.Do(e => e.Lose(first));
        Assert.Equal([first, second], node.RunAll());
    }

    [Fact]
    public void Lost_OneOfTwoInputsWhileTheOtherIsMissing_IsWaitedForAgain()
    {
        TestEngine node = new(cpus: 2, lineage: true);
        TaskRecord first = node.Submit();
        TaskRecord other = node.Submit();
        TaskRecord both = node.Submit(first, other);
        Attempt slow = node.Start(first) is var a ? node.Start(other) : null!;
        node.Complete(a);
        node.Do(e => e.Lose(first));
        Attempt again = node.Start(first);
        node.Complete(slow);
        Assert.Equal(TaskState.Waiting, both.State);
        node.Complete(again);
        Assert.Equal(TaskState.Ready, both.State);
    }

    [Fact]
    public void Lost_HandleOfALivingActorAmongTheInputs_DoesNotConstructItAgain()
    {
        TestEngine node = new(lineage: true);
        ActorRecord actor = node.NewActor(new ActorOptions { IsDetached = true });
        TaskRecord task = node.NewTask(inputs: [actor.Creation]);
        task.DependencyCount = 0;
        node.Send(task);
        node.Release(actor.Creation);
        node.RunAll();
        node.Do(e => e.Lose(task));
        Assert.Equal([task], node.RunAll());
        Assert.Equal((ActorState.Alive, 0), (actor.State, actor.Incarnation));
    }

    /// <summary>What its result put is let go of while the outcome is still being taken in: its inputs are in use until that has ended.</summary>
    [Fact]
    public void Lost_NestedPutThatNobodyWantsAnyMore_LetsGoOfTheInputs()
    {
        TestEngine node = new(lineage: true);
        ObjectEntry argument = node.Put();
        TaskRecord task = node.Submit(argument);
        CompleteWithPut(node, node.Start(task));
        ObjectEntry nested = Assert.Single(task.Contained!);
        node.Do(e => e.Hold(nested));
        node.Release(task);
        node.Do(e => e.Lose(nested));
        Attempt again = node.Start(task);
        node.Release(argument);
        node.Release(nested, bySubmitter: false);

        CompleteWithPut(node, again);

        node.AssertEmpty();
    }

    private static void CompleteWithPut(TestEngine node, Attempt attempt)
    {
        ObjectEntry put = node.Put();
        node.Do(e => e.Complete(attempt, Outcome.Success(1, 10, [put], nested: [new NestedValue(NestedResults.IndexOf(0), put, "put", 10, null)]), now: 0));
        node.Release(put, bySubmitter: false);
    }

    private static void AssertFailure(ObjectEntry entry, FailureKind kind, string word)
    {
        Failure failure = Assert.IsType<Failure>(entry.Value);
        Assert.Equal(kind, failure.Kind);
        Assert.Contains(word, failure.Message);
    }
}
