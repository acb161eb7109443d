namespace RayOrleans.Runtime.Code;

/// <summary>A call of shipped code that came from another node, as the attempt that runs it has it.</summary>
/// <param name="Invocation">The call.</param>
/// <param name="Code">The code that it runs in.</param>
internal sealed record DecodedCall(Invocation Invocation, LoadedCode Code);
