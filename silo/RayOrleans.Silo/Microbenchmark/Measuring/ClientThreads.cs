using System.Runtime.ExceptionServices;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>Threads that act as clients: all start a round together, and the round ends with the last. Used by one thread.</summary>
internal sealed class ClientThreads : IDisposable
{
    private readonly Thread[] _threads;
    private readonly Barrier _barrier;
    private Action<int>? _body;
    private Exception? _failure;

    /// <param name="count">How many clients.</param>
    public ClientThreads(int count)
    {
        _barrier = new Barrier(count + 1);
        _threads = [.. Enumerable.Range(0, count).Select(Start)];
    }

    /// <summary>How many clients.</summary>
    public int Count => _threads.Length;

    /// <summary>One round: every client runs the body once, with its number.</summary>
    public void Run(Action<int> body)
    {
        _body = body;
        _barrier.SignalAndWait();
        _barrier.SignalAndWait();
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _body = null;
        _barrier.SignalAndWait();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _barrier.Dispose();
    }

    private Thread Start(int number)
    {
        Thread thread = new(() => Loop(number)) { IsBackground = true, Name = $"benchmark client {number}" };
        thread.Start();
        return thread;
    }

    private void Loop(int number)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_body is not { } body)
            {
                return;
            }

            try
            {
                body(number);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }

            _barrier.SignalAndWait();
        }
    }
}
