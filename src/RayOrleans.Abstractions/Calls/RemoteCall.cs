namespace RayOrleans;

/// <summary>A call on its way to a runtime: what to run, and how.</summary>
/// <param name="Invocation">The function and its arguments.</param>
/// <param name="Options">How to run it; null for the defaults.</param>
public readonly record struct RemoteCall(Invocation Invocation, RemoteOptions? Options = null);
