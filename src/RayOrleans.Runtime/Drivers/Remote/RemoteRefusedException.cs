namespace RayOrleans.Runtime.Drivers;

/// <summary>A node does not take a driver, and will not when it is asked again.</summary>
internal sealed class RemoteRefusedException(string message) : Exception(message);
