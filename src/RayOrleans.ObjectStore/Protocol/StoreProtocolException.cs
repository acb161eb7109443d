namespace RayOrleans.ObjectStore;

/// <summary>The other end sent what the protocol does not allow.</summary>
internal sealed class StoreProtocolException(string message) : Exception(message);
