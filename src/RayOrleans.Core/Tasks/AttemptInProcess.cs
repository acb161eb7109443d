namespace RayOrleans.Core;

/// <summary>What an attempt has to do with a process that is not its node's own.</summary>
internal sealed class AttemptInProcess
{
    public NodeSession? Session { get; set; }

    public Lease? Lease { get; set; }

    public long Microseconds { get; set; }
}
