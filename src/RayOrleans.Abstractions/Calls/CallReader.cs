namespace RayOrleans;

/// <summary>Gives the packed arguments of a call that came from another process.</summary>
internal abstract class CallReader
{
    /// <summary>The next argument.</summary>
    public abstract Arg<T> Read<T>();
}
