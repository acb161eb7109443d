namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Bytes from another party are not what a party of this version writes.</summary>
internal sealed class CorruptBatchException(string message, Exception? cause = null) : Exception(message, cause);
