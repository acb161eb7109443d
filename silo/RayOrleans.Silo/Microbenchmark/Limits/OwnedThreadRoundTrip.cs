namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>A thread that runs one function at a time for a caller who blocks for the result.</summary>
internal sealed class OwnedThreadRoundTrip : IDisposable
{
    private readonly Signal _request;
    private readonly Signal _response;
    private readonly Thread _thread;
    private Func<object>? _function;
    private object? _result;

    /// <param name="spins">How often each side looks before it sleeps.</param>
    public OwnedThreadRoundTrip(int spins)
    {
        _request = new Signal(spins);
        _response = new Signal(spins);
        _thread = new Thread(Loop) { IsBackground = true, Name = "limit round trip" };
        _thread.Start();
    }

    /// <summary>Runs a function on the thread and waits for its result.</summary>
    public object Call(Func<object> function)
    {
        _function = function;
        _request.Set();
        _response.Wait();
        return _result!;
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _function = null;
        _request.Set();
        _thread.Join();
    }

    private void Loop()
    {
        while (true)
        {
            _request.Wait();
            if (_function is not { } function)
            {
                return;
            }

            _result = function();
            _response.Set();
        }
    }
}
