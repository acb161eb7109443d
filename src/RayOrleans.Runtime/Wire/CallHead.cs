namespace RayOrleans.Runtime.Wire;

/// <summary>What calls of one function have in common.</summary>
/// <param name="Read">Makes the invocation from its function and its arguments.</param>
/// <param name="Function">The function, where it captures nothing; null: it comes with each call.</param>
internal sealed record CallHead(Func<Delegate, CallReader, Invocation> Read, Delegate? Function);
