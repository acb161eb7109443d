using RayOrleans.Core;

namespace RayOrleans.Runtime.Tests.Tasks;

/// <summary>The engine's promise to its threads: what it calls startable can be started.</summary>
public sealed class DispatchTests
{
    private readonly NodeEngine _engine = new(new EngineOptions { Resources = new ResourceShape(2 * ResourceAmount.One) });
    private readonly JobRecord _job = new(new JobId(1), new TaskId(1, 1));

    [Fact]
    public void Startable_WhileAStarvingShapeWaitsForRoom_IsZero()
    {
        Submit(ResourceShape.OneCpu);
        Attempt holder = _engine.TryStart()!;
        Submit(new ResourceShape(2 * ResourceAmount.One));
        for (int i = 0; i < 600; i++)
        {
            Submit(ResourceShape.OneCpu);
        }

        int served = 0;
        while (_engine.TryStart() is { } attempt)
        {
            served++;
            _engine.Complete(attempt, Outcome.Success(null), 0);
        }

        Assert.InRange(served, 200, 400);
        Assert.Equal(0, _engine.Startable(64));
        _engine.Complete(holder, Outcome.Success(null), 0);
        Assert.Equal(2 * ResourceAmount.One, _engine.TryStart()!.Task.Options.Shape.Cpu);
    }

    [Fact]
    public void StarvingShape_ThatLacksWhatAReservationKeeps_DoesNotStopTheOthers()
    {
        Assert.True(_engine.TryReserve([new ResourceLedger(ResourceShape.OneCpu, "pending")]));
        Submit(new ResourceShape(2 * ResourceAmount.One));
        for (int i = 0; i < 600; i++)
        {
            Submit(ResourceShape.OneCpu);
        }

        int served = 0;
        while (_engine.TryStart() is { } attempt)
        {
            served++;
            _engine.Complete(attempt, Outcome.Success(null), 0);
        }

        Assert.Equal(600, served);
    }

    [Fact]
    public void Reservation_UntilItIsGranted_StartsNothing()
    {
        ResourceLedger bundle = new(ResourceShape.OneCpu, "not granted yet");
        Submit(ResourceShape.OneCpu, bundle);
        Assert.Null(_engine.TryStart());
        Assert.Equal(0, _engine.Startable(64));
        Assert.True(_engine.TryReserve([bundle]));
        Assert.Equal(1, _engine.Startable(64));
        Assert.NotNull(_engine.TryStart());
    }

    [Fact]
    public void Reservation_OnceRemoved_FailsWhatIsSubmittedToIt()
    {
        ResourceLedger bundle = new(ResourceShape.OneCpu, "not granted yet");
        _engine.TryReserve([bundle]);
        _engine.RemoveReservation([bundle], wasGranted: true, "it was removed");
        TaskRecord late = Submit(ResourceShape.OneCpu, bundle);
        Assert.Equal(FailureKind.PlacementGroupRemoved, ((Failure)late.Value!).Kind);
        Assert.Equal(2 * ResourceAmount.One, _engine.Resources.FreeCpu);
    }

    [Fact]
    public void Block_OfAnAttemptThatHasEnded_ChangesNothing()
    {
        Submit(ResourceShape.OneCpu);
        Attempt attempt = _engine.TryStart()!;
        _engine.Complete(attempt, Outcome.Success(null), 0);
        _engine.Block(attempt);
        _engine.Unblock(attempt);
        Assert.Equal(2 * ResourceAmount.One, _engine.Resources.FreeCpu);
    }

    private TaskRecord Submit(ResourceShape shape, ResourceLedger? reservation = null)
    {
        TaskRecord task = new(_job.NextChildId(), _job, null, new TaskOptions { Shape = shape, Reservation = reservation }) { Name = "t" };
        _engine.Submit(task);
        return task;
    }
}
