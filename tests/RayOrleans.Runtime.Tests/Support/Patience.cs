namespace RayOrleans.Runtime.Tests;

/// <summary>Waits that end: each says what it waited for.</summary>
internal static class Patience
{
    /// <summary>Far longer than anything here takes, so that only a hang meets it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until the condition holds.</summary>
    public static void Until(Func<bool> condition, string what) => Until(condition, () => what);

    /// <summary>Waits until the condition holds; the text is made when it did not.</summary>
    public static void Until(Func<bool> condition, Func<string> what)
    {
        if (!SpinWait.SpinUntil(condition, Limit - TimeSpan.FromSeconds(5)))
        {
            Assert.Fail($"Waited in vain until {what()}.");
        }
    }

    /// <summary>The value of an object that must come.</summary>
    public static async Task<T> Soon<T>(this ObjectRef<T> reference)
    {
        try
        {
            return await reference.AsTask().WaitAsync(Limit);
        }
        catch (TimeoutException e) when (e is not IRayException)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain for {reference}.", e);
        }
    }

    /// <summary>The end of a task without a value.</summary>
    public static async Task Soon(this ObjectRef reference)
    {
        try
        {
            await reference.AsTask().WaitAsync(Limit);
        }
        catch (TimeoutException e) when (e is not IRayException)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain for {reference}.", e);
        }
    }

    /// <summary>Runs what blocks on a thread of its own, as a driver's thread would.</summary>
    public static async Task<T> OnThread<T>(Func<T> body, string what)
    {
        try
        {
            return await Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Limit);
        }
        catch (TimeoutException e) when (e is not IRayException)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain for {what}.", e);
        }
    }

    public static Task OnThread(Action body, string what) => OnThread(
        () =>
        {
            body();
            return true;
        },
        what);
}
