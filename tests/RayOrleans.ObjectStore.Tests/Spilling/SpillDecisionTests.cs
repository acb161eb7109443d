namespace RayOrleans.ObjectStore.Tests.Spilling;

public sealed class SpillDecisionTests
{
    private const long MB = 1 << 20;

    [Fact]
    public void BelowTheThreshold_Nothing() => Assert.Equal(0, new SpillPolicy(100 * MB, 0.8, 64 * MB).BytesToSpill(new(80 * MB, 0, 0, 0, 0)));

    [Fact]
    public void AboveTheThreshold_AFileMoreThanIsAbove()
    {
        SpillPolicy policy = new(160 * MB, 0.5, 10 * MB);
        Assert.Equal(15 * MB, policy.BytesToSpill(new(85 * MB, 0, 0, 0, 0)));
    }

    [Fact]
    public void WhatCanBeTakenWithoutWriting_DoesNotCount()
    {
        SpillPolicy policy = new(100 * MB, 0.8, 10 * MB);
        Assert.Equal(0, policy.BytesToSpill(new(100 * MB, 15 * MB, 3 * MB, 2 * MB, 0)));
        Assert.True(policy.BytesToSpill(new(100 * MB, 15 * MB, 3 * MB, MB, 0)) > 0);
    }

    [Fact]
    public void WhoWaits_GetsAsMuchAsHeAsksFor_UnlessItIsBeingWritten()
    {
        SpillPolicy policy = new(100 * MB, 1, 10 * MB);
        Assert.Equal(0, policy.BytesToSpill(new(100 * MB, 0, 0, 0, 0)));
        Assert.Equal(7 * MB, policy.BytesToSpill(new(100 * MB, 0, 0, 0, 7 * MB)));
        Assert.Equal(3 * MB, policy.BytesToSpill(new(100 * MB, 0, 0, 4 * MB, 7 * MB)));
        Assert.Equal(0, policy.BytesToSpill(new(100 * MB, 0, 0, 8 * MB, 7 * MB)));
    }

    [Fact]
    public void WhoWaits_GetsWhatRests_BeforeAnythingIsWritten()
    {
        SpillPolicy policy = new(100 * MB, 1, 10 * MB);
        Assert.Equal(0, policy.BytesToSpill(new(100 * MB, 0, 7 * MB, 0, 7 * MB)));
        Assert.Equal(2 * MB, policy.BytesToSpill(new(100 * MB, 0, 5 * MB, 0, 7 * MB)));
    }

    [Fact]
    public void Files_AreAtMostAnEighthOfTheStore() => Assert.Equal(2 * MB, new SpillPolicy(16 * MB, 0.8, 64 * MB).FileBytes);

    [Fact]
    public void Admission_LetsInWhatFits_InOrder()
    {
        RestoreAdmission admission = new(10);
        RestoreAdmission.Request first = admission.Enter(6), second = admission.Enter(6), third = admission.Enter(1);
        Assert.True(first.IsAdmitted);
        Assert.False(second.IsAdmitted);
        Assert.False(third.IsAdmitted);
        Assert.Equal([second, third], admission.Leave(first));
        Assert.Equal(7, admission.AdmittedBytes);
    }

    [Fact]
    public void Admission_LetsInOneThatNeverFits_WhenItIsAlone()
    {
        RestoreAdmission admission = new(10);
        RestoreAdmission.Request small = admission.Enter(1), huge = admission.Enter(100), last = admission.Enter(1);
        Assert.False(huge.IsAdmitted);
        Assert.Equal([huge], admission.Leave(small));
        Assert.Equal([last], admission.Leave(huge));
        Assert.Empty(admission.Leave(last));
        Assert.Equal(0, admission.AdmittedBytes);
    }

    [Fact]
    public void Admission_WhoGivesUp_LetsTheNextIn()
    {
        RestoreAdmission admission = new(10);
        RestoreAdmission.Request first = admission.Enter(8), second = admission.Enter(8), third = admission.Enter(2);
        Assert.Equal([third], admission.Leave(second));
        Assert.Empty(admission.Leave(second));
        Assert.Equal(10, admission.AdmittedBytes);
        admission.Leave(first);
        admission.Leave(third);
        Assert.Equal(0, admission.AdmittedBytes);
    }

    [Fact]
    public void Directories_TakeTurns_AndRestLongerWithEachFailure()
    {
        ManualTime time = new();
        DirectoryTurns turns = new(3, TimeSpan.FromSeconds(1), time);
        bool[] none = new bool[3];
        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, 4).Select(_ => turns.Next(none)));
        turns.Failed(1);
        Assert.Equal([2, 0, 2], Enumerable.Range(0, 3).Select(_ => turns.Next(none)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, turns.Next(none));
        Assert.Equal(1, turns.Next(none));
        turns.Failed(1);
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.DoesNotContain(1, Enumerable.Range(0, 4).Select(_ => turns.Next(none)));
        turns.Failed(0);
        turns.Failed(2);
        Assert.Equal(-1, turns.Next(none));
        Assert.Equal(TimeSpan.FromSeconds(0.5), turns.Rest());
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(1, turns.Next(none));
        Assert.Equal(-1, turns.Next([true, true, true]));
    }
}
