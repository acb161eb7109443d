using RayOrleans.Serialization.Fields;

namespace RayOrleans.Serialization.Functions;

/// <summary>One used variable of a scope.</summary>
/// <param name="Index">Its place among all fields of the scope's class.</param>
/// <param name="Codec">Its codec.</param>
/// <param name="Outer">For a link to the enclosing scope: what of that is used.</param>
internal sealed record ScopeVariable(int Index, FieldCodec Codec, ScopeShape? Outer);
