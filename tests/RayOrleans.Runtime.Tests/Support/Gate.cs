using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Tests;

/// <summary>
/// A door between a test and its tasks. It is a plain value, so it can be captured and passed like any other; what it stands for is in
/// this process. Tasks arrive at it and go on once it is open.
/// </summary>
internal readonly record struct Gate(int Id)
{
    private static readonly ConcurrentDictionary<int, State> States = new();
    private static int s_last;

    private State Of => States[Id];

    /// <summary>How often somebody has arrived.</summary>
    public int Arrivals => Volatile.Read(ref Of.Arrivals);

    public static Gate New()
    {
        int id = Interlocked.Increment(ref s_last);
        States[id] = new State();
        return new Gate(id);
    }

    /// <summary>Only counts.</summary>
    public int Arrive() => Interlocked.Increment(ref Of.Arrivals);

    /// <summary>Arrives and blocks until the gate is open.</summary>
    public int Enter()
    {
        int arrival = Arrive();
        return Of.Opened.Task.Wait(Patience.Limit) ? arrival : throw new TimeoutException($"Gate {Id} was not opened.");
    }

    /// <summary>Arrives and waits, without a thread, until the gate is open.</summary>
    public async Task<int> EnterAsync()
    {
        int arrival = Arrive();
        await Of.Opened.Task.WaitAsync(Patience.Limit);
        return arrival;
    }

    /// <summary>Arrives and blocks until the gate is open or the token is cancelled; then it throws as the token does.</summary>
    public void Enter(CancellationToken cancellationToken)
    {
        Arrive();
        Assert.True(Of.Opened.Task.Wait((int)Patience.Limit.TotalMilliseconds, cancellationToken), $"Gate {Id} was not opened.");
    }

    public void Open() => Of.Opened.TrySetResult();

    /// <summary>Waits until so many have arrived.</summary>
    public void AwaitArrivals(int count)
    {
        Gate self = this;
        Patience.Until(() => self.Arrivals >= count, $"{count} had arrived at gate {Id}; {Arrivals} have");
    }

    private sealed class State
    {
        public readonly TaskCompletionSource Opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public int Arrivals;
    }
}
