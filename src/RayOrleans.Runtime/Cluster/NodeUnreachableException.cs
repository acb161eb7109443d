namespace RayOrleans.Runtime.Cluster;

/// <summary>A node cannot be called: it is unknown, or was declared dead.</summary>
internal sealed class NodeUnreachableException(string message, Exception? cause = null) : Exception(message, cause);
