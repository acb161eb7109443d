namespace RayOrleans;

/// <summary>Waits for the runtime's own asynchronous work, which never needs the waiting thread.</summary>
internal static class Blocking
{
    public static T Wait<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
}
