namespace RayOrleans.Transfer;

/// <summary>A connection failed. Caught where the connection is owned and turned into an outcome; never seen by a caller of this project.</summary>
/// <param name="failure">Why.</param>
/// <param name="what">What the peer did, to follow its name in a message.</param>
/// <param name="inner">The cause.</param>
internal sealed class PeerFailedException(PeerFailure failure, string what, Exception? inner = null) : IOException(what, inner)
{
    public PeerFailure Failure { get; } = failure;
}
