namespace RayOrleans.Core;

/// <summary>The other side of a session has said something that cannot be: the session ends.</summary>
/// <param name="message">What, about which object or task.</param>
public sealed class SessionProtocolException(string message) : Exception(message);
