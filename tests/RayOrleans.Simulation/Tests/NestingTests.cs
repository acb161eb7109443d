namespace RayOrleans.Core.Simulation.Tests;

public sealed class NestingTests
{
    [Theory]
    [InlineData(1_000, 3, 8)]
    [InlineData(200, 6, 2)]
    [InlineData(1, 60, 4)]
    public void NestedBlockingTasks_OneCpuAndFewThreads_Finish(int width, int depth, int threadBound)
    {
        ResourceShape total = new(ResourceAmount.One);
        World world = new(11, total, new EngineOptions { Resources = total }, 100) { ThreadBound = threadBound };
        Soak.AddJob(world, 0);
        NestedProgram program = new(world, width, depth);

        new Simulator(world, program, chaos: null) { StepBound = 1_000_000, ScanEvery = 5_000 }.Run();

        Assert.Equal(width, program.Leaves);

        // At the bound each thread that is still started serves what another one waits for, down to the last level.
        Assert.InRange(world.MaxThreads, 1, threadBound + depth);
    }
}
