namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>A function on its way to an owned thread, and its result.</summary>
internal sealed class HandedCall(Func<object> function)
{
    private object? _result;

    /// <summary>What the function returned.</summary>
    public object? Result => Volatile.Read(ref _result);

    /// <summary>Runs the function.</summary>
    public void Run() => Volatile.Write(ref _result, function());
}
