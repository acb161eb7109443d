namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Checks that a line got what it asked for: a fast wrong answer is no figure.</summary>
internal static class Expect
{
    /// <summary>Checks a number.</summary>
    /// <exception cref="InvalidOperationException">It is another one.</exception>
    public static void Equal(long expected, long actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"Got {actual} where {expected} was right.");
        }
    }
}
