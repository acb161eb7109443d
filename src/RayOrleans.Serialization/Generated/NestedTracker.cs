namespace RayOrleans.Serialization.Generated;

/// <summary>Hands the tracker of the value at hand through Orleans' serialiser to the values nested inside; it runs on one thread from start to end.</summary>
internal static class NestedTracker
{
    [ThreadStatic]
    private static IReferenceTracker? t_current;

    public static IReferenceTracker? Current => t_current;

    public static Scope Use(IReferenceTracker? tracker)
    {
        var scope = new Scope(t_current);
        t_current = tracker;
        return scope;
    }

    public readonly struct Scope(IReferenceTracker? previous) : IDisposable
    {
        public void Dispose() => t_current = previous;
    }
}
