namespace RayOrleans;

/// <summary>
/// Gives the result of an asynchronous function to its frame: at once where the function has already ended, else when it does.
/// Nothing here leaves the scheduler that the function was started on: user code must not slip onto the thread pool.
/// </summary>
internal static class CallCompletion
{
    public static Task? Of<R>(CallFrame frame, Task<R> task)
    {
        ThrowIfNull(task);
        if (!task.IsCompletedSuccessfully)
        {
            return Await(frame, task);
        }

        frame.Return(task.Result);
        return null;
    }

    public static Task? Of<R>(CallFrame frame, ValueTask<R> task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            return Await(frame, task);
        }

        frame.Return(task.Result);
        return null;
    }

    public static Task? Of(CallFrame frame, Task task)
    {
        ThrowIfNull(task);
        if (!task.IsCompletedSuccessfully)
        {
            return Await(frame, task);
        }

        frame.Return(default(Unit));
        return null;
    }

    public static Task? Of(CallFrame frame, ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            return Await(frame, task);
        }

        task.GetAwaiter().GetResult();
        frame.Return(default(Unit));
        return null;
    }

    public static Task Of<T>(CallFrame frame, IAsyncEnumerable<T> items)
    {
        ThrowIfNull(items);
        return Await(frame, items);
    }

    public static Task? Of<T>(CallFrame frame, IEnumerable<T> items)
    {
        ThrowIfNull(items);
        foreach (T item in items)
        {
            if (!frame.Yield(item))
            {
                break;
            }
        }

        return null;
    }

    private static async Task Await<R>(CallFrame frame, Task<R> task) => frame.Return(await task);

    private static async Task Await<R>(CallFrame frame, ValueTask<R> task) => frame.Return(await task);

    private static async Task Await(CallFrame frame, Task task)
    {
        await task;
        frame.Return(default(Unit));
    }

    private static async Task Await(CallFrame frame, ValueTask task)
    {
        await task;
        frame.Return(default(Unit));
    }

    private static async Task Await<T>(CallFrame frame, IAsyncEnumerable<T> items)
    {
        await foreach (T item in items.WithCancellation(frame.CancellationToken))
        {
            if (!await frame.YieldAsync(item))
            {
                break;
            }
        }
    }

    private static void ThrowIfNull(object? returned)
    {
        if (returned is null)
        {
            throw new InvalidOperationException("The function returned null where a task or a sequence is needed.");
        }
    }
}
