namespace RayOrleans.Runtime;

/// <summary>Stands for a value in another node's store: it must be pulled before it can be read.</summary>
internal sealed class DistantValue : StoredValue
{
    public static readonly DistantValue Instance = new();

    private DistantValue()
    {
    }
}
