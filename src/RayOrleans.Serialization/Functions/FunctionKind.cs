namespace RayOrleans.Serialization.Functions;

/// <summary>What a delegate is bound to.</summary>
internal enum FunctionKind : byte
{
    /// <summary>Nothing: a static method.</summary>
    Static = 0,

    /// <summary>An object without state that the compiler makes for lambdas that capture nothing.</summary>
    Stateless = 1,

    /// <summary>The captured variables of a scope.</summary>
    Scope = 2,

    /// <summary>An object.</summary>
    Object = 3,
}
