namespace RayOrleans.Core;

/// <summary>The receiving end of a link: which batch was applied last.</summary>
/// <param name="epoch">The sending shard's epoch; 0 for a node.</param>
internal sealed class LinkReceiver(long epoch)
{
    private long _last;

    public long Epoch => epoch;

    /// <summary>Whether the batch is the next one. A repeated one is answered but not applied.</summary>
    public bool Accepts(Batch batch)
    {
        if (batch.Number != _last + 1)
        {
            return false;
        }

        _last = batch.Number;
        return true;
    }
}
