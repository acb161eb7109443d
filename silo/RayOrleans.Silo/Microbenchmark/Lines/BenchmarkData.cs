namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Arrays that several lines and limits copy from. Used by the driver's thread alone.</summary>
internal sealed class BenchmarkData : IDisposable
{
    private readonly Dictionary<int, long[]> _numbers = [];

    /// <summary>An array of numbers, every page of it written; the same one for the same length.</summary>
    /// <param name="bytes">Its length in bytes.</param>
    public long[] Numbers(long bytes)
    {
        int length = (int)(bytes / sizeof(long));
        if (!_numbers.TryGetValue(length, out long[]? numbers))
        {
            _numbers[length] = numbers = GC.AllocateUninitializedArray<long>(length);
            for (int i = 0; i < length; i++)
            {
                numbers[i] = i;
            }
        }

        return numbers;
    }

    /// <summary>Forgets the arrays.</summary>
    public void Dispose() => _numbers.Clear();
}
