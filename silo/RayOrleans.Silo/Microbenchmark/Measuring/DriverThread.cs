namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>Runs the benchmark on a thread of its own: a driver blocks, and the thread pool belongs to the runtime.</summary>
internal static class DriverThread
{
    /// <summary>Runs a function to its end on a new thread.</summary>
    public static Task<R> RunAsync<R>(Func<R> function)
    {
        TaskCompletionSource<R> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "benchmark driver",
        };
        thread.Start();
        return done.Task;
    }
}
