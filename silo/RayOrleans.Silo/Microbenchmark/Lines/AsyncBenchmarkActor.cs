namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>An actor with asynchronous methods that answer at once.</summary>
internal sealed class AsyncBenchmarkActor
{
    private readonly string _value = "ok";

    /// <summary>A small value.</summary>
    public async Task<string> SmallValueAsync()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        return _value;
    }

    /// <summary>A small value for an argument.</summary>
    public async Task<string> SmallValueForAsync(int argument)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        return argument < 0 ? "" : _value;
    }
}
