namespace RayOrleans.Core;

/// <summary>The instance of an ended incarnation, while calls of it still run.</summary>
internal sealed class RetiredInstance(int incarnation, object instance, int running)
{
    public int Incarnation => incarnation;

    public object Instance => instance;

    /// <summary>Calls that have not returned.</summary>
    public int Running { get; set; } = running;
}
