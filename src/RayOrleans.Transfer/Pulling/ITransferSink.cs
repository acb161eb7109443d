namespace RayOrleans.Transfer;

/// <summary>Takes what a <see cref="Puller"/> has pulled. Called from many threads at once, once per pull however many asked.</summary>
public interface ITransferSink
{
    /// <summary>
    /// An object has arrived. Called before those who asked are told, so that they find it where the node keeps its objects. The block belongs to the
    /// sink from here on, which deletes it some day, or at once if the node has the object by now. Must not block. If it throws, the block is deleted
    /// and the pull has failed.
    /// </summary>
    /// <param name="pulled">The object.</param>
    void Accept(PulledObject pulled);
}
