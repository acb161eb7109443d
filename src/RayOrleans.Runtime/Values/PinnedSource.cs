using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>A value's bytes in the store of the node, where they may be read in place.</summary>
internal abstract class PinnedSource : ValueSource
{
    /// <summary>Whether the value reads memory in place: what pins it is the value's from then on.</summary>
    public bool IsReadInPlace { get; protected set; }

    public override bool IsPinnedStore => true;
}
