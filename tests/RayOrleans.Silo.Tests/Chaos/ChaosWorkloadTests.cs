using RayOrleans.Silo.Chaos;
using RayOrleans.Silo.Chaos.Workloads;

namespace RayOrleans.Silo.Tests.Chaos;

[Collection(nameof(EmbeddedNode))]
public sealed class ChaosWorkloadTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Workloads_OnANodeThatNothingHappensTo_AreRightAndLeaveNothing()
    {
        await using IRay ray = await Ray.InitAsync(new RayOptions());
        foreach (IWorkload workload in (IWorkload[])[new MapReduceSum(1), new NestedTree(1), new HashChain(1), new ObjectChurn(1)])
        {
            for (int round = 0; round < 3; round++)
            {
                Assert.True(workload.RunRound(ray, round) > 0);
            }
        }
    }

    [Fact]
    public async Task WrongAnswer_Failure_AndHang_AreViolations()
    {
        await using IRay ray = await Ray.InitAsync(new RayOptions());
        ChaosReport report = new();
        report.Add(await EndedAsync(new Faulty((_, _) => 1, endsAfter: 2), ray), Bound);
        Assert.True(report.IsClean);

        report.Add(await EndedAsync(new Faulty((_, _) => throw new WrongAnswerException("sum: 1 instead of 2."), 0), ray), Bound);
        report.Add(await EndedAsync(new Faulty((_, _) => throw new TimeoutException("nobody answered"), 0), ray), Bound);
        using ManualResetEventSlim release = new();
        WorkloadRun hanging = new(new Faulty((_, _) => Hang(release), 1), ray);
        report.Add(hanging, TimeSpan.Zero);
        release.Set();
        report.Add(["node 1 holds live objects 3"]);
        report.AddFiles(["/dev/shm/rayorleans-store-1-2-3.arena"]);

        Assert.Equal(5, report.Failures.Count);
        StringWriter output = new();
        report.Print(output);
        string text = output.ToString();
        Assert.Contains("WRONG: sum: 1 instead of 2.", text, StringComparison.Ordinal);
        Assert.Contains("nobody answered", text, StringComparison.Ordinal);
        Assert.Contains("hangs", text, StringComparison.Ordinal);
        Assert.Contains("live objects 3", text, StringComparison.Ordinal);
        Assert.EndsWith($"integrity: VIOLATED (5){Environment.NewLine}", text, StringComparison.Ordinal);
    }

    private static int Hang(ManualResetEventSlim release)
    {
        release.Wait();
        throw new InvalidOperationException("released");
    }

    private static async Task<WorkloadRun> EndedAsync(Faulty workload, IRay ray)
    {
        WorkloadRun run = new(workload, ray);
        workload.Run = run;
        while (!run.HasEnded)
        {
            await Task.Delay(1);
        }

        return run;
    }

    /// <summary>A workload that does what it is told, and stops itself after so many rounds.</summary>
    private sealed class Faulty(Func<IRay, int, int> round, int endsAfter) : IWorkload
    {
        public string Name => "test";

        public WorkloadRun? Run { get; set; }

        public int RunRound(IRay ray, int number)
        {
            if (number >= endsAfter - 1)
            {
                Run?.Stop();
            }

            return round(ray, number);
        }
    }
}
