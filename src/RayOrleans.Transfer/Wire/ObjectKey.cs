namespace RayOrleans.Transfer;

/// <summary>What a pull names. Copies of different attempts of one task have the same id and different versions; their bytes never mix.</summary>
internal readonly record struct ObjectKey(ObjectId Id, int Version)
{
    public override string ToString() => $"object {Id} version {Version}";
}
