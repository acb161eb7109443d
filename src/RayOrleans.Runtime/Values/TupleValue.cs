using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>A tuple whose parts are objects of their own; reading it reads them.</summary>
internal sealed class TupleValue(ObjectEntry[] parts) : StoredValue
{
    public ObjectEntry[] Parts { get; } = parts;
}
