namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>An actor whose answers do not depend on what it was called with before, so that they are the same after a restart.</summary>
internal sealed class Adder(long start)
{
    private readonly List<ObjectRef<long>> _kept = [];

    public long Add(int n) => start + n;

    /// <summary>Keeps references for as long as it lives.</summary>
    public long Keep(List<ObjectRef<long>> references)
    {
        _kept.AddRange(references);
        return Ray.Get(references).Sum();
    }

    /// <summary>What everything that it keeps adds up to: nothing right after a restart.</summary>
    public (int Count, long Sum) Kept() => (_kept.Count, Ray.Get(_kept).Sum());
}
