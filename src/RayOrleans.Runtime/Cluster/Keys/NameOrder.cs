namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>The order in which names are listed.</summary>
internal sealed class NameOrder : IComparer<(string Namespace, string Name)>
{
    public static readonly NameOrder Instance = new();

    public int Compare((string Namespace, string Name) x, (string Namespace, string Name) y)
    {
        int order = string.CompareOrdinal(x.Namespace, y.Namespace);
        return order != 0 ? order : string.CompareOrdinal(x.Name, y.Name);
    }
}
