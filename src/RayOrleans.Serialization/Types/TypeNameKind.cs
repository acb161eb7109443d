namespace RayOrleans.Serialization.Types;

/// <summary>How a type is named in bytes.</summary>
internal enum TypeNameKind : byte
{
    /// <summary>One of <see cref="KnownTypes"/>.</summary>
    Known = 1,

    /// <summary>Assembly and full name.</summary>
    Named = 2,

    /// <summary>A generic definition and its arguments.</summary>
    Generic = 3,

    /// <summary>A one-dimensional, zero-based array.</summary>
    Vector = 4,

    /// <summary>An array of any rank with any lower bounds.</summary>
    Array = 5,

    /// <summary>A pointer.</summary>
    Pointer = 6,

    /// <summary>A by-reference type, for signatures.</summary>
    ByReference = 7,

    /// <summary>A type parameter of a generic definition.</summary>
    Parameter = 8,
}
