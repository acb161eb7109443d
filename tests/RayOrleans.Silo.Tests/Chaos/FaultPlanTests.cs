using RayOrleans.Silo.Chaos;

namespace RayOrleans.Silo.Tests.Chaos;

public sealed class FaultPlanTests
{
    [Fact]
    public void Plan_OfASeed_IsAlwaysTheSame()
    {
        FaultKind[] kinds = Enum.GetValues<FaultKind>();
        Assert.Equal(FaultPlan.Of(7, 3, kinds).Take(100), FaultPlan.Of(7, 3, kinds).Take(100));
        Assert.NotEqual(FaultPlan.Of(7, 3, kinds).Take(100), FaultPlan.Of(8, 3, kinds).Take(100));
    }

    [Fact]
    public void Plan_OfTwoKinds_HasTheseForEveryWorkerAndNoOthers()
    {
        Fault[] faults = [.. FaultPlan.Of(1, 3, [FaultKind.Leave, FaultKind.Freeze]).Take(200)];

        Assert.Equal(6, faults.Select(f => (f.Kind, f.Victim)).Distinct().Count());
        Assert.All(faults, f => Assert.True(f.Kind is FaultKind.Leave or FaultKind.Freeze));
        Assert.All(faults, f => Assert.InRange(f.Victim, 0, 2));
        Assert.All(faults, f => Assert.True(f.Pause > TimeSpan.Zero && f.Duration > TimeSpan.Zero));
    }
}
