namespace RayOrleans.Core.Tests.Memory;

/// <summary>Which worker process is stopped when memory runs out.</summary>
public sealed class MemoryPolicyTests
{
    private const long Limit = 100_000;
    private const long Full = 96_000;
    private const long Grace = 100;

    private readonly MemoryPolicy _policy = new(0.95, Grace);

    [Theory]
    [InlineData(95_000, false)]
    [InlineData(95_001, true)]
    public void IsAbove_OnlyWhatIsMoreThanTheThreshold(long used, bool isAbove) => Assert.Equal(isAbove, _policy.IsAbove(used, Limit));

    [Fact]
    public void Choose_OfThoseThatMayRunAgain_TheLargest()
    {
        WorkerMemory chosen = Worker(20_000);
        Assert.Same(chosen, Choose(Worker(10_000), chosen, Worker(50_000, mayRunAgain: false), Worker(19_999)));
    }

    [Fact]
    public void Choose_NoneMayRunAgain_IsTheLargest()
    {
        WorkerMemory chosen = Worker(20_000, mayRunAgain: false);
        Assert.Same(chosen, Choose(Worker(10_000, mayRunAgain: false), chosen));
    }

    [Fact]
    public void Choose_OfOneSize_TheNewest()
    {
        WorkerMemory chosen = Worker(20_000, startedAt: 9);
        Assert.Same(chosen, Choose(Worker(20_000, startedAt: 3), chosen, Worker(20_000, startedAt: 8)));
    }

    [Fact]
    public void Choose_WhatMayRunAgainIsSmall_IsNotStoppedInVain()
    {
        WorkerMemory hog = Worker(50_000, mayRunAgain: false);
        Assert.Same(hog, Choose(Worker(4_999), hog));

        MemoryPolicy other = new(0.95, Grace);
        WorkerMemory worth = Worker(5_000);
        Assert.Same(worth, other.Choose(Full, Limit, [worth, hog], 0)?.Worker);
    }

    [Fact]
    public void Choose_AllAreTooSmallToHelp_IsNone()
    {
        Assert.Null(Choose(Worker(999), Worker(999, mayRunAgain: false)));
        Assert.Null(Choose());
    }

    [Fact]
    public void Choose_UntilTheFirstOnesMemoryIsBack_NoSecondOne()
    {
        WorkerMemory first = Worker(20_000);
        WorkerMemory second = Worker(15_000);
        Assert.Same(first, _policy.Choose(Full, Limit, [first, second], 0)?.Worker);
        Assert.Null(_policy.Choose(Full, Limit, [second], Grace - 1));
        Assert.Null(_policy.Choose(Full + 2_000, Limit, [second], Grace - 1));

        // Half of it has come back, and it is too little.
        Assert.Same(second, _policy.Choose(Full - 10_000, Limit, [second], Grace - 1)?.Worker);
    }

    [Fact]
    public void Choose_MemoryDoesNotComeBackInTime_IsASecondOne()
    {
        WorkerMemory second = Worker(15_000);
        Assert.NotNull(_policy.Choose(Full, Limit, [Worker(20_000), second], 0));
        Assert.Same(second, _policy.Choose(Full, Limit, [second], Grace)?.Worker);
    }

    [Fact]
    public void Choose_ItWasBelowMeanwhile_IsAtOnce()
    {
        WorkerMemory second = Worker(15_000);
        Assert.NotNull(_policy.Choose(Full, Limit, [Worker(20_000), second], 0));
        _policy.OnBelow();
        Assert.Same(second, _policy.Choose(Full, Limit, [second], 1)?.Worker);
    }

    [Fact]
    public void Choose_NothingWasStopped_StartsNoGrace()
    {
        WorkerMemory grown = Worker(15_000);
        Assert.Null(Choose(Worker(10)));
        Assert.Same(grown, _policy.Choose(Full, Limit, [grown], 1)?.Worker);
    }

    [Fact]
    public void HasSiblings_OnlyOfOneTaskWhoseCallerHasAnotherElsewhere()
    {
        TaskId caller = new(1, 1);
        TaskId other = new(1, 2);
        Assert.True(HasSiblings(Worker(20_000, callers: caller), Worker(1, callers: [other, caller])));
        Assert.False(HasSiblings(Worker(20_000, callers: caller), Worker(1, callers: other)));
        Assert.False(HasSiblings(Worker(20_000, callers: [caller, caller]), Worker(1, callers: caller)));
        Assert.False(HasSiblings(Worker(20_000), Worker(1)));
    }

    private static bool HasSiblings(params WorkerMemory[] workers) => new MemoryPolicy(0.95, Grace).Choose(Full, Limit, workers, 0)!.HasSiblings;

    private WorkerMemory? Choose(params WorkerMemory[] workers) => _policy.Choose(Full, Limit, workers, 0)?.Worker;

    private static WorkerMemory Worker(long bytes, bool mayRunAgain = true, long startedAt = 0, params TaskId[] callers) =>
        new(new object(), bytes, startedAt, new SessionWork(Math.Max(1, callers.Length), mayRunAgain, ["work"], callers));
}
