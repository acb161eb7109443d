namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>An actor with a state, which it has as long as nobody disturbs it.</summary>
internal sealed class Tally
{
    private int _count;

    /// <summary>How often it was called before.</summary>
    public int Next() => _count++;

    public string Where() => Ray.Context.NodeId.ToString();
}
