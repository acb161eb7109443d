namespace RayOrleans.Runtime.Tests;

/// <summary>Bounded waits that say what they waited for.</summary>
internal static class Waiting
{
    public static async Task<T> Within<T>(this ObjectRef<T> reference, string what)
    {
        try
        {
            return await reference.AsTask().WaitAsync(Signal.Limit);
        }
        catch (TimeoutException e) when (e is not GetTimeoutException)
        {
            throw new TimeoutException($"Not within {Signal.Limit}: {what}.");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Signal.Limit);
        }
        catch (TimeoutException e) when (e is not GetTimeoutException)
        {
            throw new TimeoutException($"Not within {Signal.Limit}: {what}.");
        }
    }

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Signal.Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {Signal.Limit}: {what}.");
        }
    }

    /// <summary>Waits until something becomes true that nothing announces.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        using CancellationTokenSource limit = new(Signal.Limit);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(2));
        try
        {
            while (!condition())
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Not within {Signal.Limit}: {what}.");
        }
    }

    /// <summary>Collects garbage until something becomes true that depends on dropped references.</summary>
    public static Task UntilCollected(Func<bool> condition, string what) => Until(
        () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return condition();
        },
        what);

    /// <summary>The exception that the object fails with.</summary>
    public static async Task<TException> Throws<TException>(this ObjectRef reference, string what)
        where TException : Exception =>
        await Assert.ThrowsAsync<TException>(() => reference.AsTask().Within(what));

    /// <summary>The items of a stream, read to its end.</summary>
    public static async Task<List<T>> ToListAsync<T>(this ObjectRefStream<T> stream, string what)
    {
        List<T> items = [];
        await Read().Within(what);
        return items;

        async Task Read()
        {
            await foreach (ObjectRef<T> item in stream)
            {
                items.Add(await item);
            }
        }
    }
}
