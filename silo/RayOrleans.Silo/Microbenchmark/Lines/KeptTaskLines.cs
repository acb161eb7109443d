using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>A million tasks whose references are all held: time, memory, and memory after the references are gone.</summary>
internal static class KeptTaskLines
{
    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("tasks async 1M [refs kept]", Units.Seconds, RuntimeProfile.HandOff)
        {
            Open = static context => Run(context, static result => result.Seconds),
            Limit = static _ => new(LimitKind.Pipelined),
            FromLimit = static (calls, scale) => KeptTasks.Count(scale) / calls,
            SmallerIsBetter = true,
        },
        new("tasks async 1M [refs kept] memory", Units.BytesPerTask, RuntimeProfile.HandOff)
        {
            Open = static context => Run(context, static result => result.BytesPerTask),
            Limit = static _ => new(LimitKind.KeptFuture),
            SmallerIsBetter = true,
        },
        new("tasks async 1M [refs kept] memory returned after drop", Units.Percent, RuntimeProfile.HandOff)
        {
            Open = static context => Run(context, static result => result.ReturnedPercent),
            Limit = static _ => new(LimitKind.Whole),
        },
    ];

    private static TimedRun Run(LineContext context, Func<KeptTasksResult, double> figure)
    {
        KeptTasks tasks = new(context.Ray, KeptTasks.Count(context.Scale));
        return new TimedRun(() => tasks.Run(), () => figure(tasks.Run()));
    }
}
