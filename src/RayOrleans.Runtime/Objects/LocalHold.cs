using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>The hold made with a submitted or put object. Its finalizer only queues it; the node lets go of the object soon after.</summary>
internal sealed class LocalHold(NodeServices node, ObjectEntry entry, bool bySubmitter) : NodeHold(node)
{
    private int _released;

    /// <summary>The next one in the queue of released holds.</summary>
    public LocalHold? Next { get; set; }

    public ObjectEntry Entry => entry;

    public bool BySubmitter => bySubmitter;

    ~LocalHold()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            Node.Releases.Push(this);
        }
    }

    public override void Release(ObjectRef reference)
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            GC.SuppressFinalize(this);
            Node.Gate.ReleaseHold(entry, bySubmitter);
        }
    }
}
