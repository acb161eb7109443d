using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>The first few descriptions of one sort in a batch, so that equal ones are written once.</summary>
[InlineArray(Count)]
internal struct SharedSlots<T>
{
    /// <summary>How many are remembered; further ones are written in full.</summary>
    public const int Count = 16;

    /// <summary>Stands where there is no description.</summary>
    public const byte None = 0;

    /// <summary>The description follows, and is remembered while there is room.</summary>
    public const byte New = 1;

    /// <summary>The description remembered first; the others follow it.</summary>
    public const byte First = 2;

    private T _first;
}
