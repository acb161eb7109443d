namespace RayOrleans.Runtime.Tests;

/// <summary>Functions whose items are streamed.</summary>
internal static class StreamSources
{
    /// <summary>Numbers from 0; each one made is a hit.</summary>
    public static IEnumerable<int> CountHits(int count, string made)
    {
        for (int i = 0; i < count; i++)
        {
            Signal.Of(made).Hit();
            yield return i;
        }
    }

    /// <inheritdoc cref="CountHits"/>
    public static async IAsyncEnumerable<int> CountHitsAsync(int count, string made)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            Signal.Of(made).Hit();
            yield return i;
        }
    }

    /// <summary>Numbers without an end, which set a signal when nobody wants more.</summary>
    public static IEnumerable<int> Endless(string ended)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                yield return i;
            }
        }
        finally
        {
            Signal.Of(ended).Set();
        }
    }
}
