using System.Globalization;
using RayOrleans.Runtime;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>
/// A driver that joins a cluster by address and runs <see cref="Workload"/>: <c>run SEED STEADY-NODES</c>, the latter being those that the
/// test lets live. It says "load" when everything is submitted, then "right ANSWERS" or "wrong WHY". Also answers <see cref="LargeWork"/>, <see cref="KeptWork"/>, <see cref="ReplicatedWork"/> and <see cref="NodeCommands"/>.
/// </summary>
internal static class WorkDriverProcess
{
    /// <summary>Arguments: <c>address cpus</c>.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        IRay ray = await Ray.InitAsync(arguments[0], o =>
        {
            o.CpusPerNode = double.Parse(arguments[1], CultureInfo.InvariantCulture);
            o.ObjectStoreBytes = 512L << 20;
        }).ConfigureAwait(false);
        NodeServices node = ((DriverRay)ray).Node;
        node.Events.Warned += static text => CommandLoop.Say($"warning {text}");
        CommandLoop.Say($"up {node.NodeId} {arguments[0]}");
        NodeCommands commands = new(node, parties: null);
        LargeWork large = new(ray);
        KeptWork kept = new(ray);
        ReplicatedWork replicated = new(ray);
        int code = await CommandLoop.RunAsync(words => words[0] switch
        {
            "large" or "owned" or "adopted" => large.Run(words),
            "replicate" or "replicated" => replicated.Run(words),
            "keep" or "kept" or "last" or "more" or "lasting" or "local" or "begin" or "mark" or "end" or "acknowledged" or "rounds" or "wait" or "go" => kept.Run(words),
            _ => Do(ray, commands, words),
        }).ConfigureAwait(false);
        await ray.DisposeAsync().ConfigureAwait(false);
        return code;
    }

    private static string Do(IRay ray, NodeCommands commands, string[] words)
    {
        switch (words)
        {
            case ["run", var seed, var steady]:
                Workload work = new(ray, int.Parse(seed, CultureInfo.InvariantCulture), [.. steady.Split(',').Select(NodeId.Parse)], id => commands.Describe(id.ToString()));
                new Thread(() => CommandLoop.Say(work.Run())) { IsBackground = true, Name = "workload" }.Start();
                return "begun";
            default:
                return commands.Run(words);
        }
    }
}
