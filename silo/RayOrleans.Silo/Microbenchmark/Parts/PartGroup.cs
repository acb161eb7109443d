namespace RayOrleans.Silo.Microbenchmark.Parts;

/// <summary>Parts that do a round together: it ends with the last. Used by one thread.</summary>
internal sealed class PartGroup : IDisposable
{
    private readonly PartProcess[] _parts;
    private readonly IDisposable? _owned;

    /// <param name="count">How many.</param>
    /// <param name="arguments">What each is started with, by its number.</param>
    /// <param name="owned">What to end after them.</param>
    public PartGroup(int count, Func<int, string[]> arguments, IDisposable? owned = null)
    {
        _owned = owned;
        _parts = [.. Enumerable.Range(0, count).Select(number => PartProcess.Start(arguments(number)))];
    }

    /// <summary>One round.</summary>
    public void Run()
    {
        Array.ForEach(_parts, static part => part.Ask());
        Array.ForEach(_parts, static part => part.Answer());
    }

    /// <summary>Ends them.</summary>
    public void Dispose()
    {
        Array.ForEach(_parts, static part => part.Dispose());
        _owned?.Dispose();
    }
}
