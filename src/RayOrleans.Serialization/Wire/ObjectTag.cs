namespace RayOrleans.Serialization.Wire;

/// <summary>What stands in a place that holds an object.</summary>
internal static class ObjectTag
{
    public const byte Null = 0;

    /// <summary>An object of the place's own type; its content follows.</summary>
    public const byte Exact = 1;

    /// <summary>An object met before; its number follows.</summary>
    public const byte Back = 2;

    /// <summary>An object of a type that follows; then its content.</summary>
    public const byte Typed = 3;

    /// <summary>As <see cref="Exact"/>, but only the shell follows; the content comes after everything before it.</summary>
    public const byte ExactLater = 4;

    /// <summary>As <see cref="Typed"/>, but only the shell follows the type; the content comes after everything before it.</summary>
    public const byte TypedLater = 5;
}
