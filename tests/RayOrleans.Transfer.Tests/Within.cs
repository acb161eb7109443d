namespace RayOrleans.Transfer.Tests;

/// <summary>Waits that end with a sentence rather than a hang.</summary>
internal static class Within
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<T> Reason<T>(Task<T> task, string what)
    {
        await Reason((Task)task, what);
        return await task;
    }

    public static async Task Reason(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException error) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Patience} for {what}.", error);
        }
    }

    /// <summary>Looks again and again until something is so that no event announces, such as a counter of the other side of a socket.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(2));
        using CancellationTokenSource limit = new(Patience);
        try
        {
            while (!condition())
                await timer.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"Waited {Patience} until {what}.", error);
        }
    }
}
