namespace RayOrleans;

/// <summary>Takes the packed arguments of a call that is sent to another process.</summary>
internal abstract class CallWriter
{
    /// <summary>Takes the next argument.</summary>
    public abstract void Write<T>(in Arg<T> arg);
}
