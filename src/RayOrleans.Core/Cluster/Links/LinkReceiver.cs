namespace RayOrleans.Core;

/// <summary>The receiving end of a link: which batch was applied last.</summary>
/// <param name="epoch">The sending shard's epoch; 0 for a node.</param>
internal sealed class LinkReceiver(long epoch)
{
    public long Epoch => epoch;

    /// <summary>The number of the batch applied last.</summary>
    public long Last { get; set; }

    /// <summary>Whether the batch is the next one. A repeated one is answered but not applied.</summary>
    public bool Accepts(Batch batch)
    {
        if (batch.Number != Last + 1)
        {
            return false;
        }

        Last = batch.Number;
        return true;
    }
}
