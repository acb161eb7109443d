using System.Globalization;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>
/// What must outlive the node that put it: <c>replicate NODE COUNT</c> has a node put so many replicated values, large and small, some inside others; <c>replicated</c>
/// reads all of them here and on other nodes, and drops them.
/// </summary>
internal sealed class ReplicatedWork(IRay ray)
{
    private const int Large = 60_000;
    private const int Small = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private List<ObjectRef<ObjectRef<int[]>>> _outer = [];

    public string Run(string[] words) => words switch
    {
        ["replicate", var node, var count] => Replicate(ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(NodeId.Parse(node))), int.Parse(count, CultureInfo.InvariantCulture)),
        ["replicated"] => Replicated(),
        _ => throw new ArgumentException($"No command: {string.Join(' ', words)}"),
    };

    private static ObjectRef<ObjectRef<int[]>> Put(int i)
    {
        using ObjectRef<int[]> inner = Ray.Put(Enumerable.Repeat(i, i % 2 == 0 ? Large : Small).ToArray(), Durability.Replicated);
        return Ray.Put(inner, Durability.Replicated);
    }

    private string Replicate(RemoteOptions there, int count)
    {
        using ObjectRef<List<ObjectRef<ObjectRef<int[]>>>> all = there.Remote(static (int n) => Enumerable.Range(0, n).Select(Put).ToList(), count);
        _outer = [.. ray.Get(all, Limit)];
        return $"{_outer.Count}";
    }

    private string Replicated()
    {
        RemoteOptions spread = ray.Options(schedulingStrategy: SchedulingStrategy.Spread);
        List<ObjectRef<int>> elsewhere = [.. _outer.Select(o => spread.Remote(static (ObjectRef<int[]> inner) => Ray.Get(inner)[^1], o))];
        IReadOnlyList<int[]> here = ray.Get(ray.Get(_outer, Limit), Limit);
        IReadOnlyList<int> there = ray.Get(elsewhere, Limit);
        int right = Enumerable.Range(0, _outer.Count).Count(i => here[i][^1] == i && here[i].Length == (i % 2 == 0 ? Large : Small) && there[i] == i);
        _outer = [];
        return $"right {right}";
    }
}
