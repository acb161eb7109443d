using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Tests;

/// <summary>
/// An event with a name, so that a test and the tasks it starts can share it without capturing anything but the name.
/// Every wait is bounded and says what it waited for.
/// </summary>
internal sealed class Signal
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentDictionary<string, Signal> All = new();
    private readonly string _name;
    private readonly TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _log = new();
    private int _count;
    private int _inside;
    private int _most;

    private Signal(string name) => _name = name;

    public bool IsSet => _set.Task.IsCompleted;

    /// <summary>How often <see cref="Hit"/> was called.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The most that were between <see cref="Enter"/> and <see cref="Leave"/> at a time.</summary>
    public int Most => Volatile.Read(ref _most);

    public string[] Log => [.. _log];

    public static Signal Of(string name) => All.GetOrAdd(name, static n => new Signal(n));

    /// <summary>A name that no other test uses.</summary>
    public static string NewName() => $"s{Guid.NewGuid():N}";

    public void Set() => _set.TrySetResult();

    public int Hit() => Interlocked.Increment(ref _count);

    public void Write(string line) => _log.Enqueue(line);

    public void Enter()
    {
        int now = Interlocked.Increment(ref _inside);
        int most;
        while (now > (most = Volatile.Read(ref _most)) && Interlocked.CompareExchange(ref _most, now, most) != most)
        {
        }
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>Blocks the calling thread, beside the runtime.</summary>
    public void Wait()
    {
        if (!_set.Task.Wait(Limit))
        {
            throw new TimeoutException($"Signal {_name} was not set within {Limit}.");
        }
    }

    public async Task WaitAsync(string what)
    {
        try
        {
            await _set.Task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {Limit}: {what}.");
        }
    }
}
